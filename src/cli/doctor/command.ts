/** `rxvoice doctor`. */
import { Misuse, readArguments, type Command } from '../command.js';
import { jsonTeller } from '../report.js';

export const doctor: Command = {
  name: 'doctor',
  usage: '[--ffmpeg PATH] [--json]',
  about: [
    'checks what voice needs on this machine: Node, packages, ciphers, codecs, ffmpeg, UDP, the',
    'punctuality of timers. Names the cure of each fault; paste the result into issues. Exits',
    'with 1 if voice cannot work here.',
  ],
  options: [
    ['--ffmpeg PATH', 'the ffmpeg to check (default: that on the PATH, or of ffmpeg-static)'],
    ['--json', 'one JSON object per line'],
  ],
  async run(args, open) {
    const { values, positionals } = readArguments(args, { ffmpeg: { type: 'string' }, json: { type: 'boolean', default: false } });
    if (positionals.length > 0) throw new Misuse(`the doctor looks at this machine, and not at ${positionals.join(', ')}`);
    const { out, colour, env } = await open();
    const [{ allChecks }, { runDoctor }, { doctorScreen }] = await Promise.all([import('./checks/all.js'), import('./doctor.js'), import('./screen.js')]);
    const checks = allChecks({ ffmpeg: values.ffmpeg, folder: process.cwd(), env });
    return runDoctor(checks, values.json ? jsonTeller(out) : doctorScreen(out, colour));
  },
};
