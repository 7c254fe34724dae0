/** Opens the sources that a bot describes, on the node. */
import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as mediaErrors from '../audio/errors.js';
import { source } from '../audio/sources/source.js';
import { isOpenedThere, type Carriage, type OpenedThere } from '../engine/carriage.js';
import { carryErrors } from '../engine/wire-error.js';
import type { OpenSource } from '../engine/serve-engine.js';
import { VoiceOptionsError } from '../errors.js';
import { described } from '../frames/description.js';

/** Registers the media errors, so that they keep their classes on the other side. Must be called on both sides. */
export function carryMediaErrors(): void {
  carryErrors(mediaErrors);
}

/** Selects the sources that a bot lets its nodes open; the bot reads all others itself. A source with `own` settings is never passed on. */
export function toldToNodes(sources: OpenedThere): NonNullable<Carriage['opens']> {
  return (description) => (description.own === undefined && isOpenedThere(sources, description) ? description : undefined);
}

/**
 * Opens sources. The result carries the description that was asked for, not the resolved path, which differs from node to node.
 *
 * @param folder the folder whose files may be opened; undefined: no files may be opened
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

/** Checks that a path is inside the folder, after resolving symbolic links. */
function inside(folder: string | undefined, path: string): string {
  if (folder === undefined) throw new VoiceOptionsError('source', 'is a file, and this node opens none: give voiceNode the option `files`, or the engine `sources: \'urls\'`');
  const root = real(folder);
  const file = real(isAbsolute(path) ? path : join(root, path));
  const way = relative(root, file);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw new VoiceOptionsError('source', 'is not in the folder that this node opens files of');
  return file;
}

/** Resolves symbolic links. If the file does not exist, the path is returned, and opening it fails later. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(path);
  }
}
