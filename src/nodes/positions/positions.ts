/** The positions of a node's songs, for a process that comes when both the node and the former process of the bot are gone. */
import { defer, Observable, tap, type SchedulerLike } from 'rxjs';
import type { VoiceSession } from '../../driver/session/session.js';
import { SessionMoved } from '../../engine/session-moved.js';
import type { OpenSource, Play } from '../../engine/serve-engine.js';
import type { NodeBuckets } from '../registry/buckets.js';
import type { Heir } from '../registry/claims.js';
import { Checkpoints } from './checkpoints.js';
import { Place, type Archive, type Whose } from './place.js';
import { encodePositions, toLeft, type WrittenPosition } from './position.js';
import { Predecessors } from './predecessor.js';

export interface PositionsSettings {
  readonly buckets: NodeBuckets;
  /** The id of the node. */
  readonly node: string;
  /** ms between two checkpoints. */
  readonly every: number;
  /** The largest size of a message, in bytes. */
  readonly maxPayload: () => number;
  readonly valid: () => boolean;
  readonly open: OpenSource;
  readonly scheduler: SchedulerLike;
}

/** Bytes reserved for the subject and headers of a message. */
const HEADROOM_BYTES = 1_024;

/** One home of a session: a process of the bot. */
export interface PlaceHome {
  readonly keep: number;
  /** Whether the process is gone without having left the session. */
  readonly gone: () => boolean;
}

export class Positions {
  readonly #places = new Set<Place>();
  readonly #ofSessions = new WeakMap<VoiceSession, Place>();
  readonly #settings: PositionsSettings;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #archive: Archive | undefined;
  #ending = false;
  #closed = false;

  constructor(settings: PositionsSettings) {
    const { buckets, node, every, valid, open, scheduler } = settings;
    this.#settings = settings;
    if (buckets.positions === undefined) return;
    this.#checkpoints = new Checkpoints({ bucket: buckets.positions, node, every, valid, scheduler }, () => this.#written());
    const before = new Predecessors(buckets.positions, buckets.sessions, buckets.lease + every);
    this.#archive = {
      scheduler,
      open,
      read: (key, predecessor) => before.read(key, predecessor),
      add: (place) => this.#places.add(place),
      remove: (place) => this.#remove(place),
      closed: () => this.#closed,
      edge: () => this.#checkpoints!.edge(),
    };
  }

  /**
   * Runs a session that may be kept.
   *
   * @param run starts the session; its `heir` takes over the former position, and leaves one behind
   */
  session$(whose: Whose, run: (heir: Heir | undefined) => Observable<VoiceSession>): Observable<VoiceSession> {
    if (this.#archive === undefined || whose.keep === 0) return run(undefined);
    const place = new Place(whose, this.#archive);
    return run(place).pipe(tap((session) => this.#ofSessions.set(session, place)));
  }

  /** The same session, used by that home from now on. If the home leaves, the position is discarded. */
  home$({ keep, gone }: PlaceHome, session$: Observable<VoiceSession>): Observable<VoiceSession> {
    return new Observable((subscriber) => {
      let place: Place | undefined;
      let moved = false;
      // Added first: when the session ends, it asks for the position to leave behind.
      subscriber.add(() => {
        if (place === undefined) return;
        place.alone = gone();
        if (!moved && !place.alone && !this.#closed) place.forget();
      });
      subscriber.add(
        session$.subscribe({
          next: (session) => {
            place = this.#ofSessions.get(session);
            if (place !== undefined) [place.keep, place.alone] = [keep, false];
            subscriber.next(session);
          },
          error: (error: unknown) => {
            moved = error instanceof SessionMoved;
            if (place !== undefined) place.moved = moved;
            subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        }),
      );
    });
  }

  /** The same play, which also notes the process that listens. */
  heardBy(process: string, play: Play): Play {
    return (session, frames, options) =>
      defer(() => {
        this.#ofSessions.get(session)?.heardBy(process);
        return play(session, frames, options);
      });
  }

  /** Like `session.play`, with a tracked position if the session may be kept. */
  readonly play$: Play = (session, frames, options) => this.#ofSessions.get(session)?.play$(session, frames, options) ?? session.play(frames, options);

  /** NATS is reachable again: writes soon. */
  changed(): void {
    this.#checkpoints?.edge();
  }

  /** The node is draining: sessions that end from now on continue elsewhere. */
  drain(): void {
    this.#ending = true;
  }

  /** All sessions here end now, without their bots having left them. */
  close(): void {
    this.#ending = true;
    this.#closed = true;
    this.#checkpoints?.close();
  }

  /** Removes the node's entry. The positions are in the entries of the sessions by then. */
  async end(): Promise<void> {
    await this.#checkpoints?.remove();
  }

  #remove(place: Place): object | undefined {
    this.#places.delete(place);
    const { position } = place;
    if (position === undefined) return undefined;
    if (!this.#ending) this.#checkpoints!.edge();
    return this.#ending || place.moved ? toLeft(position) : undefined;
  }

  #written(): Uint8Array | undefined {
    const positions = new Map<string, WrittenPosition>();
    for (const { key, position } of this.#places) if (position !== undefined) positions.set(key, position);
    if (positions.size === 0) return undefined;
    const { value, left } = encodePositions(positions, this.#settings.maxPayload() - HEADROOM_BYTES);
    const without = new Set(left);
    for (const place of this.#places) if (without.has(place.key)) place.notWritten();
    return value;
  }
}
