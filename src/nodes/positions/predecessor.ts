/** The owner of a session before, and where its song was. */
import { fromRecord, type Bucket, type Entry } from '../registry/buckets.js';
import type { Ownership } from '../registry/claims.js';
import { decodePositions, readLeft, type Position, type WrittenPosition } from './position.js';

/** What its entry has said. */
export interface Predecessor {
  readonly entry: Entry;
  /** The one that has died; undefined where it has given the session back. */
  readonly node: string | undefined;
  /** The process of the bot that it was for. */
  readonly process: string | undefined;
  /** What was left as it was given back; or what is wrong with that. */
  readonly left: Position | string | undefined;
}

export function predecessorOf(entry: Entry | null): Predecessor | undefined {
  const record = fromRecord<Ownership & { readonly v: unknown; readonly left: unknown }>(entry);
  if (entry === null || record === undefined) return undefined;
  const left = readLeft(record);
  const process = typeof left === 'object' ? left.process : record.process;
  return { entry, node: typeof record.node === 'string' ? record.node : undefined, process, left };
}

/** What a node that is no more had written down last: it writes no more. */
interface LastWord {
  readonly written: Date;
  /** Or what is wrong with them. */
  readonly positions: ReadonlyMap<string, WrittenPosition> | string;
}

/** So many are remembered: the sessions of a node that died come together. */
const MAX_WORDS = 32;

export class Predecessors {
  readonly #positions: Bucket;
  readonly #sessions: Bucket;
  readonly #grace: number;
  readonly #words = new Map<string, Promise<LastWord | undefined>>();

  /** @param grace ms beyond what a session is kept, for which its position is of use: until its node is known to be dead, and the word before */
  constructor(positions: Bucket, sessions: Bucket, grace: number) {
    this.#positions = positions;
    this.#sessions = sessions;
    this.#grace = grace;
  }

  /**
   * Where the song was; undefined where that is not known, or too long ago; in words, what is wrong with what was written.
   *
   * @param key of the session, which is this node's by now: the age of the one entry is told by the other, both by the clock of the server
   */
  async read(key: string, before: Predecessor): Promise<Position | string | undefined> {
    const [own, found] = await Promise.all([this.#sessions.get(key), this.#find(key, before)]);
    if (found === undefined || typeof found === 'string') return found;
    const age = (own?.created.getTime() ?? Infinity) - found.written.getTime();
    return age <= found.position.keep + this.#grace ? found.position : undefined;
  }

  async #find(key: string, { entry, node, left }: Predecessor): Promise<{ readonly position: Position; readonly written: Date } | string | undefined> {
    if (typeof left === 'string') return left;
    if (left !== undefined) return { position: left, written: entry.created };
    const word = node === undefined ? undefined : await this.#lastWord(node);
    if (word === undefined) return undefined;
    const { positions, written } = word;
    if (typeof positions === 'string') return positions;
    const position = positions.get(key);
    // Another is of an earlier time that the node had it, which ended otherwise.
    return position?.fence === entry.revision ? { position, written } : undefined;
  }

  #lastWord(node: string): Promise<LastWord | undefined> {
    const known = this.#words.get(node);
    if (known !== undefined) return known;
    const word = this.#positions.get(node).then((entry) => (entry?.operation === 'PUT' ? { written: entry.created, positions: decodePositions(entry.value) } : undefined));
    this.#words.set(node, word);
    // What was not answered is asked for again.
    word.catch(() => this.#words.delete(node));
    const [oldest] = this.#words.keys();
    if (this.#words.size > MAX_WORDS) this.#words.delete(oldest!);
    return word;
  }
}
