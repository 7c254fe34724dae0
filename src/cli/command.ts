/** What a command is to `main.ts`, and how it says that it cannot. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Terminal } from './terminal/terminal.js';

/**
 * A command: a folder of its own under `cli/`, and a line in `commands.ts`. What it runs is imported by `run`, RxJS with it: to load it all takes
 * half a second, which a question for help, and whoever has mistyped an option, need not wait for.
 */
export interface Command {
  /** As it is typed. */
  readonly name: string;
  /** What may follow its name. */
  readonly usage: string;
  /** What it does, in lines of 80 columns at most. */
  readonly about: readonly string[];
  /** Each option, and what it is for. */
  readonly options: readonly (readonly [option: string, about: string])[];
  /**
   * Gives the exit status. `open` is called once, when the arguments are known to be right.
   *
   * @throws Misuse when the arguments are wrong
   * @throws CommandFailed when it cannot be done
   * @throws Abandoned when it was stopped a second time while it was ending
   */
  run(args: readonly string[], open: () => Promise<Terminal>): Promise<number>;
}

/** The command line is wrong: the usage follows, and the exit status is 2. */
export class Misuse extends Error {}

/** It cannot be done, for a reason that the user can do something about, which is all that is told: the exit status is 1. */
export class CommandFailed extends Error {}

/** Somebody does not want to wait until all is put away: the process ends at once. */
export class Abandoned extends Error {
  constructor(readonly status: number) {
    super('stopped twice');
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>>;

/**
 * Takes the arguments of a command apart.
 *
 * @throws Misuse for an option that is not among these, or lacks its value
 */
export function readArguments<const T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

/** What a text of an option means. @throws Misuse that names the option, and what it must be */
export function readOption<T>(option: string, text: string, read: (text: string) => T | undefined, expected: string): T {
  const value = read(text);
  if (value === undefined) throw new Misuse(`${option} must be ${expected}, and is '${text}'`);
  return value;
}

/** Behind `--` are files, whatever their names. */
export function hasOption(args: readonly string[], ...names: readonly string[]): boolean {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.some((arg) => names.includes(arg));
}
