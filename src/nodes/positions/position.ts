/** Where songs are, as it is written down: of all songs of a node, as one value; and of one, in the entry of a session that is given back. */

/** Where one is. Of what is played there is a digest, and nothing else: a URL may have a secret in it. */
export interface Position {
  /** The process of the bot that had it played: as long as that lives it knows better. */
  readonly process: string;
  readonly source: string;
  /** Where the frame that is due next begins, in ms from the start of the media. */
  readonly at: number;
  /** Frames that were sent of it. */
  readonly frames: number;
  /** ms for which it may wait for the next process. */
  readonly keep: number;
}

/** One of a node's: the fencing number of its owner then is the revision of the session's entry. */
export interface WrittenPosition extends Position {
  readonly fence: number;
}

const VERSION = 1;

/**
 * As many as fit into `most` bytes, by `BOT.GUILD`; `left` are the keys of the others.
 *
 * `{"v":1,"positions":{"BOT.GUILD":[fence,process,source,at,frames,keep], …}}`
 */
export function encodePositions(positions: ReadonlyMap<string, WrittenPosition>, most: number): { readonly value: Uint8Array; readonly left: readonly string[] } {
  const [head, tail] = [`{"v":${VERSION},"positions":{`, '}}'];
  const left: string[] = [];
  const pieces: string[] = [];
  let length = head.length + tail.length;
  for (const [key, { fence, ...position }] of positions) {
    const piece = `${JSON.stringify(key)}:${JSON.stringify([fence, ...toTuple(position)])}`;
    const bytes = Buffer.byteLength(piece) + 1;
    if (length + bytes > most) {
      left.push(key);
      continue;
    }
    length += bytes;
    pieces.push(piece);
  }
  return { value: new TextEncoder().encode(`${head}${pieces.join(',')}${tail}`), left };
}

/** The same by their keys; or, in words, what is wrong with it. */
export function decodePositions(value: Uint8Array): ReadonlyMap<string, WrittenPosition> | string {
  const read = parsed(value);
  if (typeof read === 'string') return read;
  const { positions } = read;
  if (!isObject(positions)) return 'it has no positions';
  const found = new Map<string, WrittenPosition>();
  for (const [key, tuple] of Object.entries(positions)) {
    const [fence, ...rest] = Array.isArray(tuple) ? (tuple as unknown[]) : [];
    const position = fromTuple(rest);
    if (position === undefined || !isCount(fence)) return 'one of its positions is none';
    found.set(key, { ...position, fence });
  }
  return found;
}

/** What an entry has of one position, to be read by {@link readLeft}. */
export function toLeft(position: Position): object {
  return { v: VERSION, left: toTuple(position) };
}

/** Undefined where there is none; in words, what is wrong with it. */
export function readLeft(entry: { readonly v?: unknown; readonly left?: unknown }): Position | string | undefined {
  if (entry.left === undefined) return undefined;
  return wrongVersion(entry.v) ?? fromTuple(entry.left) ?? 'it is no position';
}

function parsed(value: Uint8Array): Readonly<Record<string, unknown>> | string {
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder().decode(value));
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(read)) return 'it is no object';
  return wrongVersion(read['v']) ?? read;
}

function wrongVersion(version: unknown): string | undefined {
  return version === VERSION ? undefined : `it is not of version ${VERSION}: have the same rxvoice on all nodes`;
}

type Tuple = readonly [process: string, source: string, at: number, frames: number, keep: number];

function toTuple({ process, source, at, frames, keep }: Position): Tuple {
  return [process, source, at, frames, keep];
}

function fromTuple(tuple: unknown): Position | undefined {
  const [process, source, at, frames, keep] = Array.isArray(tuple) ? (tuple as unknown[]) : [];
  if (typeof process !== 'string' || typeof source !== 'string' || !isAmount(at) || !isCount(frames) || !isAmount(keep)) return undefined;
  return { process, source, at, frames, keep };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
