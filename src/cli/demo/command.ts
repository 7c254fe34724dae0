/** `rxvoice demo`. */
import { Misuse, readArguments, type Command } from '../command.js';

const WAV = 'rxvoice-demo.wav';

export const demo: Command = {
  name: 'demo',
  usage: '[FILE.opus] [--wav FILE.wav]',
  about: [
    'starts a voice server on this machine, joins two members, plays the file (or a song that',
    'is included) from one to the other, and shows what arrived. Exits with 1 if a single',
    'frame is missing or differs.',
  ],
  options: [['--wav FILE', `where to write what was heard (default ${WAV})`]],
  async run(args, open) {
    const { values, positionals } = readArguments(args, { wav: { type: 'string', default: WAV } });
    const [file, ...others] = positionals;
    if (others.length > 0) throw new Misuse(`one file at a time, not also ${others.join(', ')}`);
    const { runDemo } = await import('./demo.js');
    return runDemo({ file, wav: values.wav, terminal: await open() });
  },
};
