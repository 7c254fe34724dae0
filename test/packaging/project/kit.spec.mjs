/** For the runners whose `test` or `it` is there by itself, as ES modules. */
import * as rxjs from 'rxjs';
import * as rxvoice from 'rxvoice';
import * as kit from 'rxvoice/testing';
import kitTests from './kit-bot.cjs';

// jest's test is no property of its global object.
kitTests(typeof test === 'undefined' ? it : test, kit, rxvoice, rxjs);
