#!/usr/bin/env node
/** The command line: `rxvoice COMMAND …`. Each command has a folder beside this file. */
import { readFileSync } from 'node:fs';
import { CommandFailed, Misuse, type Command } from './command.js';
import { demo } from './demo/command.js';
import { help } from './help.js';
import { processTerminal, type Terminal } from './terminal/terminal.js';

const COMMANDS: readonly Command[] = [demo];

async function main([first, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (first === undefined) throw new Misuse('which command?');
  const command = COMMANDS.find(({ name }) => name === first);
  if (first === '--version' || first === '-v') terminal.out.write(`${version()}\n`);
  else if (asksForHelp([first]) || (command !== undefined && asksForHelp(rest))) terminal.out.write(help(COMMANDS));
  else if (command !== undefined) return command.run(rest, terminal);
  else throw new Misuse(first.startsWith('-') ? `first the command, then ${first}` : `there is no command '${first}'`);
  return 0;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** Behind `--` are files, whatever their names. */
function asksForHelp(args: readonly string[]): boolean {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.some((arg) => arg === '--help' || arg === '-h');
}

/** What the user can mend is told in a line; anything else is ours, and keeps its stack. */
function statusOf(error: unknown): number {
  if (error instanceof Misuse) process.stderr.write(`rxvoice: ${error.message}\n\n${help(COMMANDS)}`);
  else if (error instanceof CommandFailed) process.stderr.write(`rxvoice: ${error.message}\n`);
  else throw error;
  return error instanceof Misuse ? 2 : 1;
}

process.stderr.on('error', () => undefined); // there is nowhere left to tell it
process.exitCode = await main(process.argv.slice(2), processTerminal()).catch(statusOf);
