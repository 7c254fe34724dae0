/** A folder that files will be written into. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { CommandFailed } from '../command.js';
import { refusal } from './output-file.js';

/**
 * Makes the folder if it is not there. Before anything is joined: what cannot be written down would be heard in vain.
 *
 * @param cure what to do where it cannot be written: the end of each text
 * @throws CommandFailed when nothing can be written there
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
