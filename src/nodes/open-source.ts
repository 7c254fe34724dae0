/** Sources that a bot describes, opened on the node. */
import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as mediaErrors from '../audio/errors.js';
import { source } from '../audio/sources/source.js';
import { isOpenedThere, type Carriage, type OpenedThere } from '../engine/carriage.js';
import { carryErrors } from '../engine/wire-error.js';
import type { OpenSource } from '../engine/serve-engine.js';
import { VoiceOptionsError } from '../errors.js';
import { described } from '../frames/description.js';

/** Errors of media are of their classes on the other side, too. To be called on both. */
export function carryMediaErrors(): void {
  carryErrors(mediaErrors);
}

/** Which sources of a bot its nodes are told of; all others are read there. What is its own stays so. */
export function toldToNodes(sources: OpenedThere): NonNullable<Carriage['opens']> {
  return (description) => (description.own === undefined && isOpenedThere(sources, description) ? description : undefined);
}

/**
 * What it opens says of itself what it was asked for: a path is another on each node.
 *
 * @param folder the one whose files may be opened; undefined: none may
 */
export function sourceOpener(folder: string | undefined): OpenSource {
  return (asked) => {
    const { input, from, start, options } = asked;
    return described(source(from === 'url' ? url(input) : inside(folder, input), options).from(start), asked);
  };
}

function url(input: string): URL {
  const parsed = new URL(input);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new VoiceOptionsError('source', 'is no URL that a node opens: http: and https: are');
  return parsed;
}

/** Links are followed first: what they lead to counts. */
function inside(folder: string | undefined, path: string): string {
  if (folder === undefined) throw new VoiceOptionsError('source', 'is a file, and this node opens none: give voiceNode the option `files`, or the engine `sources: \'urls\'`');
  const root = real(folder);
  const file = real(isAbsolute(path) ? path : join(root, path));
  const way = relative(root, file);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw new VoiceOptionsError('source', 'is not in the folder that this node opens files of');
  return file;
}

/** What is not there is found out by who opens it. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(path);
  }
}
