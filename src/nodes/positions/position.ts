/** The stored form of song positions: those of all songs of a node in one value, and that of one song in the entry of a session given back. */

/** The position of a song. The source is stored only as a digest, because a URL may contain a secret. */
export interface Position {
  /** The process of the bot that played it. While that process lives, it knows the position better. */
  readonly process: string;
  readonly source: string;
  /** Where the next frame begins, in ms from the start of the media. */
  readonly at: number;
  /** The number of its frames that were sent. */
  readonly frames: number;
  /** ms for which it is kept for the next process. */
  readonly keep: number;
}

/** A position in the value of a node. `fence` is the fencing number of the owner when it was written: the revision of the session's entry. */
export interface WrittenPosition extends Position {
  readonly fence: number;
}

const VERSION = 1;

/**
 * Encodes as many positions as fit into `most` bytes, by `BOT.GUILD`. `left` has the keys of the others.
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

/** Decodes positions, by their keys. If the value is invalid, returns a text that says why. */
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

/** The fields for one position in the entry of a session, which {@link readLeft} reads. */
export function toLeft(position: Position): object {
  return { v: VERSION, left: toTuple(position) };
}

/** Reads the position in an entry. Undefined if there is none; if it is invalid, a text that says why. */
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
