/** For runners with a global `test` or `it`, as CommonJS. */
const kitTests = require('./kit-bot.cjs');

// In jest, `test` is not a property of the global object.
kitTests(typeof test === 'undefined' ? it : test, require('rxvoice/testing'), require('rxvoice'), require('rxjs'));
