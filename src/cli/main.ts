#!/usr/bin/env node
/** The command line: `rxvoice COMMAND …`. Each command has a folder beside this file. */
import { VoiceError } from '../errors.js';
import { Abandoned, CommandFailed, hasOption, Misuse } from './command.js';
import { COMMANDS } from './commands.js';
import { commandHelp, help } from './help.js';
import { jsonLine } from './report.js';
import type { Terminal } from './terminal/terminal.js';
import { version } from './version.js';

async function openTerminal(): Promise<Terminal> {
  const { processTerminal } = await import('./terminal/terminal.js');
  return processTerminal();
}

async function main([first, ...rest]: readonly string[]): Promise<number> {
  if (first === undefined) throw new Misuse('which command?');
  const command = COMMANDS.find(({ name }) => name === first);
  if (first === '--version' || first === '-v') process.stdout.write(`${version()}\n`);
  else if (first === '--help' || first === '-h') process.stdout.write(help(COMMANDS));
  else if (command === undefined) throw new Misuse(first.startsWith('-') ? `first the command, then ${first}` : `there is no command '${first}'`);
  else if (hasOption(rest, '--help', '-h')) process.stdout.write(commandHelp(command));
  else return command.run(rest, openTerminal);
  return 0;
}

/** An error that the user can fix is printed in one line; any other is ours, and keeps its stack. */
function statusOf(error: unknown, args: readonly string[]): number {
  // Resources that are not yet released would keep the process alive.
  if (error instanceof Abandoned) process.exit(error.status);
  if (!(error instanceof Misuse || error instanceof CommandFailed || error instanceof VoiceError)) throw error;
  const command = COMMANDS.find(({ name }) => name === args[0]);
  const usage = error instanceof Misuse ? `\n${command === undefined ? help(COMMANDS) : commandHelp(command)}` : '';
  process.stderr.write(`rxvoice: ${error.message}\n${usage}`);
  if (command !== undefined && hasOption(args, '--json')) process.stdout.write(jsonLine({ type: 'error', message: error.message }));
  return error instanceof Misuse ? 2 : 1;
}

const args = process.argv.slice(2);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // there is nowhere left to report it
process.exitCode = await main(args).catch((error: unknown) => statusOf(error, args));
