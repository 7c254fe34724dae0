/** Opens a file for writing, but never overwrites one that somebody may need. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { CommandFailed } from '../command.js';

/** The kind of files that may be overwritten: those that we would write. */
export interface OutputKind {
  /** The name of this kind of files. */
  readonly name: string;
  /** Their first bytes. */
  readonly magic: string;
  /** What the user can do if a file cannot be written: the end of each message. */
  readonly cure: string;
}

/** Error codes of the system, as text. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'what should be its folder is a file',
  EISDIR: 'it is a folder',
  EACCES: 'there is no permission to write it',
  EPERM: 'there is no permission to write it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it may not grow further',
};

/**
 * Opens a file for writing, and empties it.
 *
 * @param path a file that does not exist, is empty or of this kind; or a device such as /dev/null
 * @param source the file that is read meanwhile; `path` must not be the same file under any name
 * @throws CommandFailed if it would overwrite something else, or cannot be written
 */
export function openOutput(path: string, kind: OutputKind, source: string): number {
  try {
    if (isSame(path, source)) throw new CommandFailed(`${path} is the file that is played, and would be written over: ${kind.cure}`);
    if (!mayGo(path, kind)) throw new CommandFailed(`${path} is no ${kind.name} file, and would be written over: ${kind.cure}`);
    return openSync(path, 'w');
  } catch (error) {
    throw error instanceof CommandFailed ? error : refusal(path, kind, error);
  }
}

/** The error for a file that the system refuses to write: the file, the reason and the remedy. */
export function refusal(path: string, { cure }: Pick<OutputKind, 'cure'>, error: unknown): CommandFailed {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new CommandFailed(`${path} cannot be written (${reason}): ${cure}`, { cause: error });
}

/** Compares the files themselves: a path may be spelled in many ways, or be a link. */
function isSame(path: string, source: string): boolean {
  const [one, other] = [path, source].map((name) => statSync(name, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/** Whether overwriting the file loses nothing. */
function mayGo(path: string, { magic }: OutputKind): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size === 0) return true;
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(magic.length);
    readSync(file, start, 0, start.length, 0);
    return start.toString('latin1') === magic;
  } finally {
    closeSync(file);
  }
}
