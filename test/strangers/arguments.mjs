/** The command line of the strangers' tests. */
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run test:strangers -- [options]
  --only discord-py,…  these strangers, by the names of their folders
  --write              the table into docs/strangers.md; of all strangers only
`;

/** @param names the names of all strangers. @throws RangeError or TypeError, with a message for the user, for anything but the options above */
export function readArguments(argv, names) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',') ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`--only: '${unknown}' is none of ${names.join(', ')}`);
  if (values.write && values.only !== undefined) throw new RangeError('--write: a table of some would take the others from the page');
  return { ...values, only };
}
