/** Runs the tests with node:test, as ES modules. */
import test from 'node:test';
import * as rxjs from 'rxjs';
import * as rxvoice from 'rxvoice';
import * as kit from 'rxvoice/testing';
import kitTests from './kit-bot.cjs';

kitTests(test, kit, rxvoice, rxjs);
