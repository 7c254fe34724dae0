/** Where the songs of a node are, for who comes when neither the node nor the process of the bot is there any more. */
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
  /** Bytes that a message may have. */
  readonly maxPayload: () => number;
  readonly valid: () => boolean;
  readonly open: OpenSource;
  readonly scheduler: SchedulerLike;
}

/** Of a message: its subject and headers. */
const HEADROOM_BYTES = 1_024;

/** One home of a session: a process of its bot. */
export interface PlaceHome {
  readonly keep: number;
  /** Whether it is gone, and has not left. */
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
   * A session that may be kept.
   *
   * @param run begins it; what it is given inherits, and leaves something behind
   */
  session$(whose: Whose, run: (heir: Heir | undefined) => Observable<VoiceSession>): Observable<VoiceSession> {
    if (this.#archive === undefined || whose.keep === 0) return run(undefined);
    const place = new Place(whose, this.#archive);
    return run(place).pipe(tap((session) => this.#ofSessions.set(session, place)));
  }

  /** The same session, which is that home's from now on. Where it leaves, nobody is to go on. */
  home$({ keep, gone }: PlaceHome, session$: Observable<VoiceSession>): Observable<VoiceSession> {
    return new Observable((subscriber) => {
      let place: Place | undefined;
      let moved = false;
      // First: the session asks what is to be left of it as it ends.
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

  /** The same; told of which process listens. */
  heardBy(process: string, play: Play): Play {
    return (session, frames, options) =>
      defer(() => {
        this.#ofSessions.get(session)?.heardBy(process);
        return play(session, frames, options);
      });
  }

  /** As `session.play`. */
  readonly play$: Play = (session, frames, options) => this.#ofSessions.get(session)?.play$(session, frames, options) ?? session.play(frames, options);

  /** The server is back. */
  changed(): void {
    this.#checkpoints?.edge();
  }

  /** The node is about to end: sessions that end from now on are to go on elsewhere. */
  drain(): void {
    this.#ending = true;
  }

  /** All that is here ends now, and nobody has left it. */
  close(): void {
    this.#ending = true;
    this.#closed = true;
    this.#checkpoints?.close();
  }

  /** All of it is written elsewhere. */
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
