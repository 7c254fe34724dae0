const roundTrip = require('./round-trip.cjs');

roundTrip({
  rxjs: require('rxjs'),
  rxvoice: require('rxvoice'),
  audio: require('rxvoice/audio'),
  server: require('rxvoice/server'),
  testing: require('rxvoice/testing'),
}).then((heard) => console.log(`heard ${heard} of 60`));
