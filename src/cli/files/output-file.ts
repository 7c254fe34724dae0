/** A file to write to, which is never one that somebody would miss. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { CommandFailed } from '../command.js';

/** Files that may be written over: those that are what we would write. */
export interface OutputKind {
  /** What such files are called. */
  readonly name: string;
  /** Their first bytes. */
  readonly magic: string;
  /** What to do where a file cannot be written: the end of each text. */
  readonly cure: string;
}

/** What the system says of a path, in words. */
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
 * @param path a file that is not there, that is empty or of this kind; or a device such as /dev/null
 * @param source the file that is read meanwhile, which it must not be by any name
 * @throws CommandFailed when it would write over something else, or cannot be written
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

/** What to say when the system refuses to write: the file, the reason and the cure. */
export function refusal(path: string, { cure }: Pick<OutputKind, 'cure'>, error: unknown): CommandFailed {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return new CommandFailed(`${path} cannot be written (${reason}): ${cure}`, { cause: error });
}

/** By the file itself: a path may be spelled in many ways, and be a link. */
function isSame(path: string, source: string): boolean {
  const [one, other] = [path, source].map((name) => statSync(name, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/** Whether nothing is lost when the file is written over. */
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
