/** Runs the tests with node:test, as CommonJS. */
const test = require('node:test');
const kitTests = require('./kit-bot.cjs');

kitTests(test, require('rxvoice/testing'), require('rxvoice'), require('rxjs'));
