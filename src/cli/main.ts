#!/usr/bin/env node
/** The command line: `rxvoice demo [FILE.opus] [--wav FILE.wav]`. */
import { parseArgs } from 'node:util';
import { runDemo } from './demo/demo.js';

const HELP = `rxvoice: Discord voice as RxJS streams

Usage
  rxvoice demo [FILE.opus] [--wav FILE.wav]

  demo   starts a voice server on this machine, joins two members, plays the file (or a song that comes along) from
         one to the other, and shows what arrived. Exits with 1 if a single frame is missing or differs.

Options
  --wav FILE   where to write what was heard (default rxvoice-demo.wav)
  --help       this text
`;

async function main(args: readonly string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { wav: { type: 'string', default: 'rxvoice-demo.wav' }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
  const [command, file, ...rest] = parsed.positionals;
  if (parsed.values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (command === undefined) return misused('which command?');
  if (command !== 'demo') return misused(`there is no command '${command}'`);
  if (rest.length > 0) return misused(`one file at a time, not also ${rest.join(', ')}`);
  return runDemo({ file, wav: parsed.values.wav, out: process.stdout, color: useColor() });
}

function misused(reason: string): number {
  process.stderr.write(`rxvoice: ${reason}\n\n${HELP}`);
  return 2;
}

/** See no-color.org. */
function useColor(): boolean {
  return process.stdout.isTTY === true && !process.env['NO_COLOR'];
}

process.exitCode = await main(process.argv.slice(2));
