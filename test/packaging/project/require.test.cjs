test('round trip', async () => {
  const roundTrip = require('./round-trip.cjs');
  const modules = {
    rxjs: require('rxjs'),
    rxvoice: require('rxvoice'),
    audio: require('rxvoice/audio'),
    server: require('rxvoice/server'),
    testing: require('rxvoice/testing'),
  };
  expect(await roundTrip(modules)).toBe(60);
}, 30_000);
