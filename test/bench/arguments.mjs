/** The command line of the benchmarks. */
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run bench -- [options]
  --n 1,50,200       sessions per sender process; with end-to-end encryption, 1,50 unless given
  --seconds 10       measured after a second of warm-up
  --modes aes,xchacha  what rxvoice seals with; @discordjs/voice always has AES offered first, and takes it
  --rounds 1         repetitions, with the senders in turn; the median of each figure is printed
  --quick            --n 1,20 --seconds 2
  --dave both        off: without end-to-end encryption only; only: with it only, and no stall; both: one after the other
  --floor            with AES, also what the platform takes: a socket and a cipher object for each packet, and nothing around them; without DAVE
  --no-stall         without the benchmark of a blocked main thread
  --receive          what listening costs instead: --n is then the number of those who speak at once, 50 unless given
  --members          what a copy costs the embedded server: --n is then the number of members of a call, 50,100,200 unless given
  --radio            what one radio for all sessions costs beside a source for each: 50 sessions unless --n is given
  --quality          what sessions say that the server heard of them, instead: true to how much, over lossy and slow networks
  --write            with --quality: the table goes into docs/quality.md
  --json             one JSON object instead of the tables
  --save FILE        the same object into a file, beside the tables
`;

const DAVE = ['both', 'off', 'only'];
const MODES = { aes: 'aead_aes256_gcm_rtpsize', xchacha: 'aead_xchacha20_poly1305_rtpsize' };

/** @throws RangeError or TypeError, with a message for the user, for anything but the options above */
export function readArguments(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      n: { type: 'string' },
      seconds: { type: 'string' },
      modes: { type: 'string', default: 'aes,xchacha' },
      rounds: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      dave: { type: 'string', default: 'both' },
      floor: { type: 'boolean', default: false },
      'no-stall': { type: 'boolean', default: false },
      receive: { type: 'boolean', default: false },
      members: { type: 'boolean', default: false },
      radio: { type: 'boolean', default: false },
      quality: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      save: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const numbers = values.n ?? (values.quick ? '1,20' : undefined);
  const counts = (byDefault) => (numbers ?? byDefault).split(',').map((text) => whole('n', text, 1, 2_000));
  if (!DAVE.includes(values.dave)) throw new RangeError(`--dave: '${values.dave}' is none of ${DAVE.join(', ')}`);
  const modes = values.modes.split(',').map((name) => {
    if (!Object.hasOwn(MODES, name)) throw new RangeError(`--modes: '${name}' is none of ${Object.keys(MODES).join(', ')}`);
    return MODES[name];
  });
  return {
    dave: values.dave,
    counts: values.members ? counts('50,100,200').map((count) => Math.max(count, 2)) : values.receive || values.radio ? counts('50') : values.dave === 'only' ? [] : counts('1,50,200'),
    daveCounts: values.dave === 'off' ? [] : counts('1,50'),
    modes,
    seconds: whole('seconds', values.seconds ?? (values.quick ? '2' : '10'), 1, 600),
    rounds: whole('rounds', values.rounds, 1, 100),
    stall: !values['no-stall'] && values.dave !== 'only',
    floor: values.floor,
    receive: values.receive,
    members: values.members,
    radio: values.radio,
    quality: values.quality,
    write: values.write,
    json: values.json,
    save: values.save,
    help: values.help,
  };
}

function whole(name, text, min, max) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`--${name}: '${text}' is no whole number from ${min} to ${max}`);
  return value;
}
