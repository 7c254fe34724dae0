/** For runners with a global `test` or `it`, as ES modules. */
import * as rxjs from 'rxjs';
import * as rxvoice from 'rxvoice';
import * as kit from 'rxvoice/testing';
import kitTests from './kit-bot.cjs';

// In jest, `test` is not a property of the global object.
kitTests(typeof test === 'undefined' ? it : test, kit, rxvoice, rxjs);
