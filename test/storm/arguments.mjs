/** The command line of the storm. */
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run storm -- [options]
  --faults 200       how many, of all kinds in turn, a third of them upon the recovery from the one before
  --seed N           which storm; default: a new one each time, printed
  --dave             in an end-to-end encrypted call
  --server a=b,c=d   options of the voice server, as afterCrash=nothing,sameChannel=voice-state-update,tokenReuse=4004
  --kinds a,b        only faults whose name contains one of these
  --compare          each kind of fault by itself, against rxvoice and @discordjs/voice in turn
  --write            with --compare: write docs/storms.md
  --json             one JSON object instead of the tables
`;

/** @throws RangeError or TypeError, with a message for the user, for anything but the options above */
export function readArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      faults: { type: 'string', default: '200' },
      seed: { type: 'string' },
      dave: { type: 'boolean', default: false },
      server: { type: 'string' },
      kinds: { type: 'string' },
      compare: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.write && (!values.compare || values.kinds !== undefined)) throw new RangeError('--write: goes with --compare, and with all kinds');
  return {
    ...values,
    faults: whole('faults', values.faults, 1, 100_000),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole('seed', values.seed, 0, 2 ** 32 - 1),
    kinds: values.kinds?.split(','),
    server: Object.fromEntries((values.server?.split(',') ?? []).map(setting)),
  };
}

/** Parses `name=value`; numeric values become numbers. The server checks name and value. @throws RangeError */
function setting(text) {
  const [name, value] = text.split('=');
  if (!value) throw new RangeError(`--server: '${text}' is no name=value`);
  return [name, /^\d+$/.test(value) ? Number(value) : value];
}

/** @throws RangeError */
export function whole(name, text, min, max) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`--${name}: '${text}' is no whole number from ${min} to ${max}`);
  return value;
}
