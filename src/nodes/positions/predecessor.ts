/** The previous owner of a session, and the position of its song. */
import { fromRecord, type Bucket, type Entry } from '../registry/buckets.js';
import type { Ownership } from '../registry/claims.js';
import { decodePositions, readLeft, type Position, type WrittenPosition } from './position.js';

/** The previous owner, as the entry of the session says. */
export interface Predecessor {
  readonly entry: Entry;
  /** The node, which has died; undefined if it has given the session back. */
  readonly node: string | undefined;
  /** The process of the bot that the session belonged to. */
  readonly process: string | undefined;
  /** The position that was left when the session was given back; or a text that says why it is invalid. */
  readonly left: Position | string | undefined;
}

export function predecessorOf(entry: Entry | null): Predecessor | undefined {
  const record = fromRecord<Ownership & { readonly v: unknown; readonly left: unknown }>(entry);
  if (entry === null || record === undefined) return undefined;
  const left = readLeft(record);
  const process = typeof left === 'object' ? left.process : record.process;
  return { entry, node: typeof record.node === 'string' ? record.node : undefined, process, left };
}

/** The last checkpoint of a dead node. It does not change any more. */
interface LastWord {
  readonly written: Date;
  /** The positions, or a text that says why they are invalid. */
  readonly positions: ReadonlyMap<string, WrittenPosition> | string;
}

/** How many checkpoints are cached. The sessions of a dead node are claimed at about the same time. */
const MAX_WORDS = 32;

export class Predecessors {
  readonly #positions: Bucket;
  readonly #sessions: Bucket;
  readonly #grace: number;
  readonly #words = new Map<string, Promise<LastWord | undefined>>();

  /** @param grace ms for which a position is used beyond `keep`: the time until a dead node is noticed, and the age of its last checkpoint */
  constructor(positions: Bucket, sessions: Bucket, grace: number) {
    this.#positions = positions;
    this.#sessions = sessions;
    this.#grace = grace;
  }

  /**
   * The position of the song; undefined if it is unknown or too old; a text that says why if the stored value is invalid.
   *
   * @param key the key of the session, which this node owns by now. The age is the time between the two entries, both by the server's clock.
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
    // With another fence the position is from an earlier ownership of that node, which ended in another way.
    return position?.fence === entry.revision ? { position, written } : undefined;
  }

  #lastWord(node: string): Promise<LastWord | undefined> {
    const known = this.#words.get(node);
    if (known !== undefined) return known;
    const word = this.#positions.get(node).then((entry) => (entry?.operation === 'PUT' ? { written: entry.created, positions: decodePositions(entry.value) } : undefined));
    this.#words.set(node, word);
    // A failed read is not cached.
    word.catch(() => this.#words.delete(node));
    const [oldest] = this.#words.keys();
    if (this.#words.size > MAX_WORDS) this.#words.delete(oldest!);
    return word;
  }
}
