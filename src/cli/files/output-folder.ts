/** A folder to write files into. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { CommandFailed } from '../command.js';
import { refusal } from './output-file.js';

/**
 * Creates the folder if it does not exist. Called before anybody joins, because otherwise sound would be lost that cannot be written.
 *
 * @param cure what the user can do if it cannot be written: the end of each message
 * @throws CommandFailed if nothing can be written there
 */
export function openFolder(path: string, cure: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) throw new CommandFailed(`${path} is a file, and no folder: ${cure}`);
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw error instanceof CommandFailed ? error : refusal(path, { cure }, error);
  }
}
