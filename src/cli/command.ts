/** The interface of a command, and its errors. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Terminal } from './terminal/terminal.js';

/**
 * A command: a folder of its own under `cli/`, and a line in `commands.ts`. `run` imports the implementation, and RxJS with it: loading that takes
 * half a second, which `--help` and a mistyped option do not need.
 */
export interface Command {
  /** The name, as it is typed. */
  readonly name: string;
  /** What may follow the name. */
  readonly usage: string;
  /** What it does, in lines of 80 columns at most. */
  readonly about: readonly string[];
  /** Each option, and what it is for. */
  readonly options: readonly (readonly [option: string, about: string])[];
  /**
   * Runs the command, and returns the exit status. `open` is called once, when the arguments are known to be valid.
   *
   * @throws Misuse if the arguments are wrong
   * @throws CommandFailed if the command fails for a reason that the user can fix
   * @throws Abandoned if it was stopped a second time while it was ending
   */
  run(args: readonly string[], open: () => Promise<Terminal>): Promise<number>;
}

/** The command line is wrong: the usage is printed after the message, and the exit status is 2. */
export class Misuse extends Error {}

/** The command fails for a reason that the user can fix. Only the message is printed, and the exit status is 1. */
export class CommandFailed extends Error {}

/** The user does not want to wait for the cleanup: the process ends at once. */
export class Abandoned extends Error {
  constructor(readonly status: number) {
    super('stopped twice');
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>>;

/**
 * Parses the arguments of a command.
 *
 * @throws Misuse for an unknown option, or one without its value
 */
export function readArguments<const T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}

/** The value of an option's text. @throws Misuse that names the option, and what it must be */
export function readOption<T>(option: string, text: string, read: (text: string) => T | undefined, expected: string): T {
  const value = read(text);
  if (value === undefined) throw new Misuse(`${option} must be ${expected}, and is '${text}'`);
  return value;
}

/** Arguments after `--` are files, whatever their names. */
export function hasOption(args: readonly string[], ...names: readonly string[]): boolean {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.some((arg) => names.includes(arg));
}
