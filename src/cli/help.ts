/** The text of `--help`, made from the commands. */
import type { Command } from './command.js';
import { table } from './terminal/table.js';

const GENERAL: Command['options'] = [
  ['--version', 'the version of rxvoice'],
  ['--help', 'this text'],
];

export function help(commands: readonly Command[]): string {
  const usages = commands.map(({ name, usage }) => `rxvoice ${name} ${usage}`);
  const abouts = commands.flatMap(({ name, about }) => table(about.map((line, i) => [i === 0 ? name : '', line]), { gap: 3 }));
  const options = table([...commands.flatMap(({ options }) => options), ...GENERAL], { gap: 3 });
  const block = (title: string, lines: readonly string[]): string => `${title}\n${lines.map((line) => `  ${line.trimEnd()}\n`).join('')}`;
  return ['rxvoice: Discord voice as RxJS streams\n', block('Usage', usages), block('Commands', abouts), block('Options', options)].join('\n');
}
