/** Nodes over the same buckets, playing songs of 20 ms frames, and the processes of a bot that come and go; on a clock that the test moves. */
import { asyncScheduler, map, NEVER, Observable, Subject, takeWhile, timer, type Subscription } from 'rxjs';
import { vi } from 'vitest';
import type { VoiceSession } from '../../../../src/driver/session/session.js';
import { described, descriptionOf, type FrameDescription } from '../../../../src/frames/description.js';
import type { PlayOptions } from '../../../../src/media/send/play-options.js';
import { Keeper } from '../../../../src/nodes/keep/keeper.js';
import { owned } from '../../../../src/nodes/owned.js';
import { Positions } from '../../../../src/nodes/positions/positions.js';
import type { Bucket } from '../../../../src/nodes/registry/buckets.js';
import { Claims } from '../../../../src/nodes/registry/claims.js';
import { Lease } from '../../../../src/nodes/registry/lease.js';
import { Residents } from '../../../../src/nodes/residents.js';
import type { PlayEvent } from '../../../../src/types.js';
import { reach, Store, type Network } from '../../../support/bucket-store.js';

export const LEASE_MS = 2_000;
export const CHECKPOINT_MS = 1_000;
export const KEEP_MS = 10_000;
const FRAME_MS = 20;
const SONG_MS = 60_000;
const RECORD = { sessions: 0, capacity: 1, draining: false };

export const song = (start = 0, input = 'https://user:secret@example.org/a?token=hush'): FrameDescription => ({ input, from: 'url', start, options: {} });

/** An empty song: frames are counted, not read. */
const open = (description: FrameDescription): Iterable<Uint8Array> => described({ *[Symbol.iterator]() {} }, description);

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

export interface SceneOptions {
  readonly checkpoint?: number;
  readonly maxPayload?: number;
}

export class Scene {
  readonly nodes = new Store(LEASE_MS);
  readonly sessions = new Store();
  readonly positions = new Store();
  /** For all songs, the position of each heard frame in its song, in ms. */
  readonly heard: number[] = [];

  async node(name: string, options: SceneOptions = {}): Promise<SceneNode> {
    const node = new SceneNode(name, this, options);
    await node.lease.take();
    return node;
  }

  /** The position at which the latest frame began. */
  get at(): number {
    return this.heard.at(-1) ?? -1;
  }
}

export interface SceneHome {
  readonly told: readonly PlayEvent[];
  readonly log: readonly string[];
  /** The error that ended the session, or a play. */
  readonly errors: readonly string[];
  /** Whether the session is ready to be played on. */
  readonly given: () => boolean;
  play(description: FrameDescription | undefined): Subscription;
  /** @param first whether the plays are stopped before the session is left, or end with it */
  leave(first?: 'plays' | 'session'): void;
  vanish(): void;
}

export class SceneNode {
  readonly network: Network = { state: 'up' };
  readonly lease: Lease;
  readonly positions: Positions;
  /** The requests to the buckets: `get sessions`. */
  readonly asked: string[] = [];
  /** Requests that get no answer; those in `unheard` are carried out nevertheless. */
  readonly unanswered = new Set<string>();
  readonly unheard = new Set<string>();
  #alive = true;
  readonly #scene: Scene;
  readonly #claims: Claims;
  readonly #keeper: Keeper;
  readonly #residents = new Residents(() => undefined, asyncScheduler);
  readonly #ends: (() => void)[] = [];

  constructor(name: string, scene: Scene, { checkpoint = CHECKPOINT_MS, maxPayload = 1_048_576 }: SceneOptions) {
    this.#scene = scene;
    const buckets = {
      nodes: reach(scene.nodes, this.network),
      sessions: this.#counted('sessions', reach(scene.sessions, this.network)),
      ...(checkpoint === 0 ? {} : { positions: this.#counted('positions', reach(scene.positions, this.network)) }),
      lease: LEASE_MS,
    };
    this.lease = new Lease(buckets.nodes, name, LEASE_MS, () => RECORD, asyncScheduler);
    this.#claims = new Claims(buckets, name, asyncScheduler);
    this.positions = new Positions({ buckets, node: name, every: checkpoint, maxPayload: () => maxPayload, valid: () => this.lease.valid(), open, scheduler: asyncScheduler });
    this.#keeper = new Keeper(500, asyncScheduler, this.positions.play$);
    this.lease.lost$.subscribe(() => this.#endAll());
  }

  /** A process of a bot that wants the session of a guild on this node. */
  home(process: string, { bot = '1', guildId = '2', keep = KEEP_MS } = {}): SceneHome {
    const [told, log, errors]: [PlayEvent[], string[], string[]] = [[], [], []];
    let gone = false;
    let session: VoiceSession | undefined;
    const plays: Subscription[] = [];
    const home = { keep, gone: () => gone, heardAt: () => asyncScheduler.now(), signals$: NEVER, options: { log: (event: { type: string; reason?: string }) => log.push(`${event.type}: ${event.reason ?? ''}`) } };
    // Leaves for whichever node it is told to go to.
    const begun = (given: VoiceSession): void => {
      session = given;
      const departure = this.#residents.departure(given);
      departure?.to$.subscribe((to) => to !== null && departure.leave());
    };
    const session$ = this.#keeper.session$(bot, guildId, home, (_, { log: write }) =>
      this.positions.session$({ bot, guildId, process, keep, log: write }, (heir) => this.#residents.house(owned(this.#claims.claim$(bot, guildId, heir), this.#session$()))),
    );
    const subscription = this.positions.home$(home, session$).subscribe({ next: begun, error: (error: Error) => errors.push(error.constructor.name) });
    const end = (): void => {
      subscription.unsubscribe();
      for (const play of plays) play.unsubscribe();
    };
    this.#ends.push(end);
    const play = this.positions.heardBy(process, this.#keeper.play$.bind(this.#keeper));
    return {
      told,
      log,
      errors,
      given: () => session !== undefined,
      play: (description) => {
        const playing = play(session!, description === undefined ? [] : open(description), {}).subscribe({ next: (event) => told.push(event), error: (error: Error) => errors.push(error.constructor.name) });
        plays.push(playing);
        return playing;
      },
      leave: (first = 'plays') => {
        if (first === 'session') return end();
        for (const playing of plays) playing.unsubscribe();
        subscription.unsubscribe();
      },
      vanish: () => {
        gone = true;
        end();
      },
    };
  }

  /** The node's process has died. */
  kill(): void {
    this.#alive = false;
    this.network.state = 'cut';
  }

  /** Like `node.drain()`: its bots are told to continue elsewhere. */
  async drain(): Promise<void> {
    this.positions.drain();
    await this.#residents.drain(4);
    await this.end();
  }

  /** Moves one session away, as a node does that has more than another. */
  give(): Promise<boolean> {
    return this.#residents.give('another', 0);
  }

  async end(): Promise<void> {
    this.#endAll();
    await this.lease.end();
    await this.positions.end();
    this.#alive = false;
  }

  #endAll(): void {
    this.positions.close();
    for (const end of this.#ends) end();
    this.#keeper.end();
  }

  #counted(name: string, bucket: Bucket): Bucket {
    const count = <A extends readonly unknown[], R>(what: string, ask: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
      this.asked.push(`${what} ${name}`);
      if (this.unanswered.has(`${what} ${name}`)) throw new Error('timeout');
      const answer = await ask(...args);
      if (this.unheard.has(`${what} ${name}`)) throw new Error('timeout');
      return answer;
    };
    return { get: count('get', bucket.get), create: count('create', bucket.create), update: count('update', bucket.update), delete: count('delete', bucket.delete), watch: bucket.watch };
  }

  /** 100 ms of a handshake, and then ready. */
  #session$(): Observable<VoiceSession> {
    return new Observable((subscriber) => {
      const ended$ = new Subject<void>();
      const session = { state$: NEVER, play: (frames: object, options: PlayOptions) => this.#play$(frames, options, ended$) } as unknown as VoiceSession;
      subscriber.add(timer(100).subscribe(() => subscriber.next(session)));
      subscriber.add(() => ended$.next());
    });
  }

  /** One frame every 20 ms, as long as the node lives. */
  #play$(frames: object, { onEnd }: PlayOptions, ended$: Subject<void>): Observable<PlayEvent> {
    const start = descriptionOf(frames)?.start ?? 0;
    return new Observable((subscriber) => {
      let over = false;
      let sent = 0;
      const end = (reason: 'finished' | 'stopped' | 'session-ended'): void => {
        if (!over) onEnd?.({ reason, heard: sent * FRAME_MS, frames: sent });
        over = true;
      };
      subscriber.add(
        timer(0, FRAME_MS)
          .pipe(
            takeWhile(() => this.#alive),
            map((frame) => frame * FRAME_MS),
          )
          .subscribe((position) => {
            if (start + position >= SONG_MS) {
              end('finished');
              subscriber.next({ type: 'finished', frames: sent, heard: sent * FRAME_MS });
              return subscriber.complete();
            }
            if (sent === 0) subscriber.next({ type: 'started' });
            sent += 1;
            this.#scene.heard.push(start + position);
            subscriber.next({ type: 'sent', sequence: 0, timestamp: 0, position, bytes: 1 });
          }),
      );
      subscriber.add(ended$.subscribe(() => {
        end('session-ended');
        subscriber.complete();
      })); // prettier-ignore
      subscriber.add(() => end('stopped'));
    });
  }
}
