/** Parses the text after a slash into the options of a command. Source: Discord docs, Application Commands, Option Type. */
import { memberError } from './member-error.js';

/** Types of options. */
export const OPTION = {
  subCommand: 1,
  subCommandGroup: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
} as const;

/** An option as it was declared. */
export interface OptionDefinition {
  readonly name: string;
  readonly type: number;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly options?: readonly OptionDefinition[];
  readonly min_value?: number;
  readonly max_value?: number;
}

/** An option with its given value. */
export interface GivenOption {
  readonly name: string;
  readonly type: number;
  readonly value?: string | number | boolean;
  readonly options?: readonly GivenOption[];
  readonly focused?: true;
}

/** Splits a line without its slash into the command's name and the rest. */
export function splitCommand(line: string): readonly [name: string, rest: string] {
  const [, name, rest] = /^\/(\S+)\s*(.*)$/s.exec(line) ?? [];
  if (name === undefined || rest === undefined)
    throw memberError('bad-line', `'${line}' is no command: it would begin with a slash and a name`);
  return [name, rest.trim()];
}

/**
 * Reads `name: value` pairs. A line without any of the names is read in the order of declaration: one word for each option, and the last option gets
 * the rest. The words of subcommands come first.
 *
 * @throws MemberError
 */
export function readOptions(command: string, declared: readonly OptionDefinition[], line: string): readonly GivenOption[] {
  const rest = line.trim();
  const branches = declared.filter(({ type }) => type <= OPTION.subCommandGroup);
  if (branches.length > 0) {
    const [, word = '', after = ''] = /^(\S*)\s*(.*)$/s.exec(rest)!;
    const branch = branches.find(({ name }) => name === word);
    if (branch === undefined)
      throw memberError('bad-line', `${command} is followed by ${branches.map(({ name }) => name).join(' or ')}, not by '${word}'`);
    return [{ name: branch.name, type: branch.type, options: readOptions(`${command} ${word}`, branch.options ?? [], after) }];
  }
  const texts = named(declared, rest) ?? inOrder(declared, rest);
  if (texts === undefined) throw memberError('bad-line', `${command} takes no options, and not '${rest}'`);
  const missing = declared.find(({ name, required }) => required === true && !texts.has(name));
  if (missing !== undefined) throw memberError('bad-line', `${command} needs its option '${missing.name}'`);
  return declared
    .filter(({ name }) => texts.has(name))
    .map((option) => ({ name: option.name, type: option.type, value: valueOf(option, texts.get(option.name)!, command) }));
}

function named(declared: readonly OptionDefinition[], rest: string): ReadonlyMap<string, string> | undefined {
  const names = declared.map(({ name }) => name.replace(/[^\p{L}\p{N}_-]/gu, ''));
  if (names.length === 0) return undefined;
  const marks = [...rest.matchAll(new RegExp(`(?:^|\\s)(${names.join('|')}):`, 'gu'))];
  if (marks.length === 0 || rest.slice(0, marks[0]!.index).trim() !== '') return undefined;
  const ends = [...marks.slice(1).map(({ index }) => index), rest.length];
  return new Map(marks.map((mark, at) => [mark[1]!, rest.slice(mark.index + mark[0].length, ends[at]).trim()]));
}

function inOrder(declared: readonly OptionDefinition[], rest: string): ReadonlyMap<string, string> | undefined {
  const texts = new Map<string, string>();
  let left = rest;
  for (const [at, { name }] of declared.entries()) {
    if (left === '') break;
    const [, word = '', after = ''] = at === declared.length - 1 ? [left, left] : /^(\S+)\s*(.*)$/s.exec(left)!;
    texts.set(name, word);
    left = after;
  }
  return left === '' ? texts : undefined;
}

function valueOf(
  { name, type, choices, min_value = -Infinity, max_value = Infinity }: OptionDefinition,
  text: string,
  command: string,
): string | number | boolean {
  const wrong = (what: string): never => {
    throw memberError('bad-line', `'${text}' is no value of '${name}' of ${command}: ${what}`);
  };
  const choice = choices?.find((one) => one.name === text || String(one.value) === text);
  if (choice !== undefined) return choice.value;
  if (choices !== undefined && choices.length > 0) return wrong(`it is one of ${choices.map((one) => one.name).join(', ')}`);
  if (type === OPTION.boolean) return text === 'true' || (text === 'false' ? false : wrong('it is true or false'));
  if (type === OPTION.user || type === OPTION.channel || type === OPTION.role || type === OPTION.mentionable)
    return text.replace(/^<(?:@[!&]?|#)(\d+)>$/, '$1');
  if (type !== OPTION.integer && type !== OPTION.number) return text;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || (type === OPTION.integer && !Number.isInteger(value)))
    return wrong(type === OPTION.integer ? 'it is a whole number' : 'it is a number');
  return value >= min_value && value <= max_value ? value : wrong(`it is from ${min_value} to ${max_value}`);
}
