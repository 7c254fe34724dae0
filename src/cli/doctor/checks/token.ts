/** Whether a token is set, and whether it can be one. It is not shown. */
import { tokenFault, TOKEN_VARIABLE } from '../../discord/token.js';
import { bad, ok, type Check } from '../check.js';

/** @param env the environment */
export function token(env: Readonly<Record<string, string | undefined>>): Check {
  return {
    name: TOKEN_VARIABLE,
    run: () => {
      const value = env[TOKEN_VARIABLE];
      if (value === undefined || value === '') return ok('not set: play and record use the embedded server');
      const fault = tokenFault(value);
      return fault === undefined ? ok('set (not tried, and not shown)') : bad(`set, and ${fault.what}`, fault.cure);
    },
  };
}
