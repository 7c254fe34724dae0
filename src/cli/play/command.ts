/** `rxvoice play`. */
import { Misuse, readArguments, readOption, type Command } from '../command.js';
import { choosePlace, PLACE_HELP, PLACE_OPTIONS } from '../place/choice.js';
import { jsonTeller } from '../report.js';
import { milliseconds, volumeFactor } from '../values.js';

/** The ms between two updates: of a moving status line, and for a machine or a log. */
const PROGRESS = { moving: 200, told: 1_000 } as const;

export const play: Command = {
  name: 'play',
  usage: 'FILE|URL|-… [--volume PERCENT] [--from TIME] [--loop] [OPTION…]',
  about: [
    'plays files, URLs or standard input (-) into a voice channel, one after the other, and',
    'leaves. Without DISCORD_TOKEN it plays into the embedded server, where a member listens.',
    'In a terminal: space pauses, ← → seek by 10 s, + - change the volume, n skips, q leaves.',
    'Exits with 1 if one of them cannot be played.',
  ],
  options: [
    ['--volume PERCENT', '0 to 200 (default 100, which sends Opus unchanged)'],
    ['--from TIME', 'where the first one starts: 90, 90s, 5m, 1:30:00'],
    ['--loop', 'start again after the last one'],
    ['--ffmpeg PATH', 'the ffmpeg that decodes all but Opus and WAV (default: that on the PATH)'],
    ...PLACE_HELP,
    ['--json', 'one JSON object per line'],
  ],
  async run(args, open) {
    const { values, positionals } = readArguments(args, {
      volume: { type: 'string', default: '100' },
      from: { type: 'string', default: '0' },
      loop: { type: 'boolean', default: false },
      ffmpeg: { type: 'string' },
      json: { type: 'boolean', default: false },
      ...PLACE_OPTIONS,
    });
    const volume = readOption('--volume', values.volume, volumeFactor, 'a percentage from 0 to 200');
    const from = readOption('--from', values.from, milliseconds, 'a time, such as 90, 90s, 5m or 1:30:00');
    if (positionals.length === 0) throw new Misuse('what is to be played? A file, a URL, or - for standard input');
    const { out, colour, stop$, keys$, typed, env } = await open();
    const place = choosePlace(values, env);
    const [{ NEVER, tap }, { tellUntilStopped }, { playScreen }, { readsStdin, tracksOf }] = await Promise.all([import('rxjs'), import('../until-stopped.js'), import('./screen.js'), import('./tracks.js')]);
    const options = {
      place,
      tracks: tracksOf(positionals, values.ffmpeg === undefined ? {} : { ffmpeg: values.ffmpeg }, process.stdin),
      volume,
      from,
      endless: values.loop,
      metered: out.isTTY === true || values.json,
      progressEvery: out.isTTY === true && !values.json ? PROGRESS.moving : PROGRESS.told,
    };
    const { play$ } = await import('./play.js');
    const keyboard = !readsStdin(positionals);
    const teller = values.json ? jsonTeller(out) : playScreen(out, colour, typed && keyboard, volume);
    let failed = false;
    const stop = await tellUntilStopped(teller, stop$, (first$) =>
      play$(options, keyboard ? keys$ : NEVER, first$).pipe(
        tap((fact) => (failed ||= fact.type === 'ended' && (fact.reason === 'failed' || fact.reason === 'broken-off'))),
      ),
    );
    return stop?.status ?? (failed ? 1 : 0);
  },
};
