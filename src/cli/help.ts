/** The texts of `--help`, made from the commands. */
import type { Command } from './command.js';
import { table } from './terminal/table.js';

const GENERAL: Command['options'] = [
  ['--version', 'the version of rxvoice'],
  ['--help', 'this text; after a command: the help of that command'],
];

/** All commands, and the purpose of each. */
export function help(commands: readonly Command[]): string {
  const usages = commands.map(({ name, usage }) => `rxvoice ${name} ${usage}`.trimEnd());
  const width = Math.max(...commands.map(({ name }) => name.length));
  const abouts = commands.flatMap(({ name, about }) => about.map((line, i) => `${(i === 0 ? name : '').padEnd(width)}   ${line}`));
  const options = table(GENERAL, { gap: 3 });
  return ['rxvoice: Discord voice as RxJS streams\n', block('Usage', usages), block('Commands', abouts), block('Options', options)].join('\n');
}

/** One command, with its options. */
export function commandHelp({ name, usage, about, options }: Command): string {
  const all = table([...options, ...GENERAL], { gap: 3 });
  return [block('Usage', [`rxvoice ${name} ${usage}`.trimEnd()]), block('About', about), block('Options', all)].join('\n');
}

function block(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line.trimEnd()}\n`).join('')}`;
}
