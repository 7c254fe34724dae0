/** The same, as CommonJS. */
const kitTests = require('./kit-bot.cjs');

// jest's test is no property of its global object.
kitTests(typeof test === 'undefined' ? it : test, require('rxvoice/testing'), require('rxvoice'), require('rxjs'));
