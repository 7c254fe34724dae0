/** `rxvoice record`. */
import type { RecordingKind } from '../../audio/recorder/events.js';
import { Misuse, readArguments, readOption, type Command } from '../command.js';
import { openFolder } from '../files/output-folder.js';
import { choosePlace, PLACE_HELP, PLACE_OPTIONS } from '../place/choice.js';
import { jsonTeller } from '../report.js';
import { milliseconds, snowflake } from '../values.js';

const KINDS: readonly RecordingKind[] = ['user-ogg', 'user-wav', 'mix-wav', 'mix-ogg', 'transcript-json', 'transcript-vtt'];
const FOLDER = 'recordings';

export const record: Command = {
  name: 'record',
  usage: '[--out DIR] [--kind KIND,…] [--for TIME] [OPTION…]',
  about: [
    'records a voice channel: one file for each speaker, or one file of all. Without',
    'DISCORD_TOKEN it records the embedded server, where a guest plays a song. q or Ctrl-C',
    'stops; the files are complete.',
  ],
  options: [
    ['--out DIR', `where to write (default ${FOLDER}); created if missing`],
    ['--kind KIND,…', `which files: ${KINDS.slice(0, 3).join(', ')},`],
    ['', `${KINDS.slice(3).join(', ')} (default ${KINDS[0]})`],
    ['--for TIME', 'how long: 90, 90s, 5m, 1:30:00 (default: until stopped)'],
    ['--user ID', 'one speaker only'],
    ['--force', 'overwrite files of the same names; else new ones get a number'],
    ...PLACE_HELP,
    ['--json', 'one JSON object per line'],
  ],
  async run(args, open) {
    const { values, positionals } = readArguments(args, {
      out: { type: 'string', default: FOLDER },
      kind: { type: 'string', multiple: true, default: [KINDS[0]!] },
      for: { type: 'string' },
      user: { type: 'string' },
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      ...PLACE_OPTIONS,
    });
    if (positionals.length > 0) throw new Misuse(`record takes no files, and so not ${positionals.join(', ')}; --out says where to write`);
    const options = {
      folder: values.out,
      kinds: readKinds(values.kind),
      userId: values.user === undefined ? undefined : readOption('--user', values.user, snowflake, 'an id'),
      duration: values.for === undefined ? undefined : readOption('--for', values.for, milliseconds, 'a time, such as 90, 90s, 5m or 1:30:00'),
      overwrite: values.force,
    };
    const { out, colour, stop$, keys$, env } = await open();
    const place = choosePlace(values, env);
    openFolder(options.folder, 'name another folder with --out');
    const [{ filter, merge }, { tellUntilStopped }, { recordScreen }, { record$ }] = await Promise.all([import('rxjs'), import('../until-stopped.js'), import('./screen.js'), import('./record.js')]);
    const teller = values.json ? jsonTeller(out) : recordScreen(out, colour);
    const left$ = keys$.pipe(filter((key) => key === 'q'));
    const stop = await tellUntilStopped(teller, stop$, (first$) => record$({ ...options, place }, merge(first$, left$)));
    return stop?.status ?? 0;
  },
};

/** Kinds may be repeated, or separated by commas; each counts once. */
function readKinds(given: readonly string[]): RecordingKind[] {
  const names = new Set(given.flatMap((text) => text.split(',')));
  return [...names].map((text) => readOption('--kind', text, kindOf, `one of ${KINDS.join(', ')}`));
}

function kindOf(text: string): RecordingKind | undefined {
  return KINDS.find((kind) => kind === text);
}
