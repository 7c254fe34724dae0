/** The command line of the soak. */
import { parseArgs } from 'node:util';
import { whole } from '../storm/arguments.mjs';

export const USAGE = `usage: npm run soak -- [options]
  --minutes 5        how long
  --sessions 100     how many at once, a fifth of them listeners
  --seed 1           which churn
  --json             one JSON object instead of the tables
`;

/** @throws RangeError or TypeError, with a text for the user, for anything else than the options above */
export function readArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      minutes: { type: 'string', default: '5' },
      sessions: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0.25 && minutes <= 10_000)) throw new RangeError(`--minutes: '${values.minutes}' is no number from 0.25 to 10000`);
  return { ...values, minutes, sessions: whole('sessions', values.sessions, 2, 2_000), seed: whole('seed', values.seed, 0, 2 ** 32 - 1) };
}
