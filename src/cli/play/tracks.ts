/** What to play: files, URLs, and standard input. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { SourceInput } from '../../audio/sources/input/input.js';
import type { MediaInfo } from '../../audio/sources/probe.js';
import { source, type SeekableSource, type StreamSource } from '../../audio/sources/source.js';
import type { SourceOptions } from '../../audio/sources/options.js';
import { CommandFailed, Misuse } from '../command.js';
import { printable } from '../terminal/text.js';

export interface Track {
  /** For people. It has no part of an address that may be a secret key. */
  readonly name: string;
  readonly source: SeekableSource | StreamSource;
}

/** Standard input. */
const STDIN = '-';

/** Whether standard input is played, so that it is not a keyboard. */
export function readsStdin(inputs: readonly string[]): boolean {
  return inputs.includes(STDIN);
}

/**
 * @param stdin the stream for `-`
 * @throws Misuse for standard input twice
 * @throws CommandFailed for files that do not exist
 */
export function tracksOf(inputs: readonly string[], options: SourceOptions, stdin: SourceInput & { readonly isTTY?: boolean }): Track[] {
  if (inputs.filter((input) => input === STDIN).length > 1) throw new Misuse('standard input can be heard once');
  if (readsStdin(inputs) && stdin.isTTY === true)
    throw new CommandFailed('standard input is a keyboard: send something in, as in rxvoice play - < song.opus');
  return inputs.map((input) => {
    if (input === STDIN) return { name: 'standard input', source: source(stdin, options) };
    const url = webAddress(input);
    if (url !== undefined) return { name: addressName(url), source: source(url, options) };
    checkFile(input);
    return { name: printable(basename(input)), source: source(input, options) };
  });
}

/** Checked before anything is joined. The content of the file is checked when it is played. */
function checkFile(path: string): void {
  try {
    if (statSync(path).isDirectory()) throw new CommandFailed(`${path} is a folder: name the files in it, such as ${path.replace(/\/$/, '')}/*`);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be read (${message})`;
    throw new CommandFailed(`${path} ${why}`, { cause: error });
  }
}

function webAddress(input: string): URL | undefined {
  return /^https?:\/\//i.test(input) && URL.canParse(input) ? new URL(input) : undefined;
}

/** The last part of the path, or the host. A query and credentials before an @ may be secret. */
function addressName({ host, pathname }: URL): string {
  const last = pathname.split('/').filter((part) => part !== '').at(-1);
  return last === undefined ? host : printable(`${decoded(last)} (${host})`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The title in its tags, otherwise its name. */
export function titleOf({ name }: Track, info: MediaInfo | undefined): string {
  const [title, artist] = ['TITLE', 'ARTIST'].map((tag) => info?.tags.get(tag));
  if (title === undefined || title === '') return name;
  return printable(artist === undefined || artist === '' ? title : `${artist}: ${title}`);
}
