/** Sessions on other machines. The bot's process is only needed for the sources that it reads itself, and for its listeners. */
import { defer, Observable, Subscription, throwError, timeout, type SchedulerLike } from 'rxjs';
import { amount, fields, must, oneOf } from '../checks/check.js';
import type { VoiceEngine } from '../driver/engine.js';
import { EngineLostError } from '../errors.js';
import type { OpenedThere } from '../engine/carriage.js';
import { HomeSide } from '../engine/home-side.js';
import { portableOptions } from '../engine/portable-options.js';
import { remoteSession$ } from '../engine/remote-session.js';
import { FRAME_MS } from '../protocol/silence.js';
import { steadyScheduler } from '../steady-scheduler.js';
import type { Snowflake } from '../types.js';
import { checkPrefix } from './address.js';
import { Bot } from './bot.js';
import { checkConnection, type NatsConnectionLike } from './connection.js';
import { carryMediaErrors, toldToNodes } from './open-source.js';
import { processName } from './process-name.js';
import { MAX_KEEP_MS } from './registry/buckets.js';
import { DEFAULT_SILENCE_MS } from './voice-node.js';

/** How sessions are run on nodes. */
export interface NatsEngineOptions {
  /** The bot's user id. One node at a time runs the bot's session in a guild, whichever process of the bot asks for it. */
  readonly bot: Snowflake;
  /** The prefix of the nodes. Default `rxvoice`. */
  readonly prefix?: string;
  /**
   * ms of a play that are read ahead onto its node, if its source is read by the bot. The bot and NATS may be away for that long without a gap; a
   * source that reacts to listeners is heard to react that much later. Default 1 000.
   */
  readonly ahead?: number;
  /**
   * Which sources are opened on the node, so that neither the bot nor NATS is needed while they play. `urls`: http: and https: URLs given to
   * `source`; `files`: also paths, which are then paths on the nodes, in their folder `files`; `none`: no source. Everything else is read by the
   * bot: what is not a `source`, and a `source` with headers or with functions among its options. Default `urls`.
   */
  readonly sources?: 'none' | 'urls' | 'files';
  /** ms to wait for a node if there is none. Default 10 000. */
  readonly patience?: number;
  /**
   * ms for which a session goes on on its node after the bot's process has ended without leaving it; so does a play whose source is read on the
   * node. If the next process of the bot connects to the guild in that time, with a `keep` of its own, it gets the session. If its first play
   * is of the same source, it takes over the one that plays, at its position; if the node is gone, too, at the last checkpoint
   * (`checkpoint` of `voiceNode`). Default 0: everything ends with the process.
   */
  readonly keep?: number;
  /**
   * With `keep`: a name for this process that its successor has, too, and no other living process, such as the name of its pod. With it a node knows at
   * once that the former process is gone, and not only after its `silentAfter`. If two processes of a name live, the one that started later (by its clock) wins, and
   * the sessions of the other end with an EngineLostError. Letters, digits, - and _. Default: none.
   */
  readonly instance?: string;
  /** ms without a message after which a node is considered gone. Default 6 000, and never more than a lease. */
  readonly silentAfter?: number;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A {@link VoiceEngine} of nodes. */
export interface NatsEngine extends VoiceEngine {
  /**
   * Ends the links for good. Sessions that still run are `reconnecting` from then on: leave them first, or end the process and let the next one
   * take them over (`keep`). A session that is requested afterwards fails with an EngineLostError.
   */
  close(): void;
}

const CLOSED = (): EngineLostError => new EngineLostError('the engine is closed');

const checkOptions = fields(
  {
    bot: must("the bot's user id", (value) => typeof value === 'string' && /^\d{1,20}$/.test(value)),
    prefix: checkPrefix,
    ahead: amount('ms, 20 or more', FRAME_MS, 60_000),
    sources: oneOf(['none', 'urls', 'files'] satisfies OpenedThere[]),
    patience: amount('ms, 0 or more', 0, 3_600_000),
    keep: amount('ms, 0 or more', 0, MAX_KEEP_MS),
    instance: checkPrefix,
    silentAfter: amount('ms, 500 or more', 500, 3_600_000),
    scheduler: must('a scheduler', (value) => typeof value === 'object' && value !== null),
  } satisfies Readonly<Record<keyof NatsEngineOptions, unknown>>,
  ['bot'],
);

/**
 * Runs sessions on the machines that have a `voiceNode` of the same `prefix`. For a new session two nodes are drawn at random, and the less used one
 * gets it. A node that drains hands its sessions on. When a node dies, its sessions go on elsewhere after its lease has expired.
 *
 * ```ts
 * const engine = natsEngine(await connect({ servers: 'nats://10.0.0.5:4222', maxReconnectAttempts: -1 }), { bot: userId });
 * connectVoice$(gateway$, ids, { engine }).pipe(switchMap((session) => session.play(frames$)));
 * ```
 * A session fails with an EngineLostError if there is no node for `patience` ms when it starts, if four nodes on which it started were
 * lost and it was never ready for ten seconds in between, and when the connection is closed for good. It fails with an AlreadyJoinedError if
 * another process of the bot has a session in the guild. A session that was ready waits for a node, `reconnecting`, for as long as it takes.
 *
 * @throws VoiceOptionsError, which names the first wrong option
 */
export function natsEngine(connection: NatsConnectionLike, options: NatsEngineOptions): NatsEngine {
  checkConnection('connection', connection);
  checkOptions('', options);
  const { bot: id, prefix = 'rxvoice', ahead = 1_000, sources = 'urls', patience = 10_000, keep = 0, instance, silentAfter = DEFAULT_SILENCE_MS, scheduler = steadyScheduler } = options;
  const address = { bot: id, process: processName(instance, scheduler.now()) };
  const bot = new Bot(connection, { prefix, address, silentAfter, scheduler });
  carryMediaErrors();
  const frames = Math.round(ahead / FRAME_MS);

  const place$ = (guildId: Snowflake | null, to?: string): Observable<HomeSide> =>
    new Observable((subscriber) => {
      const none = (): Observable<never> =>
        throwError(() => (bot.closed ? CLOSED() : new EngineLostError(`there was no node for ${patience} ms: is a voiceNode of the prefix '${prefix}' running?`)));
      const held = new Subscription();
      subscriber.add(held);
      subscriber.add(
        bot.choose$(keep > 0 ? guildId : null, to).pipe(timeout({ first: patience, with: none, scheduler })).subscribe({
          next: (host) => {
            held.add(host.hold());
            subscriber.next(host.home);
          },
          error: (error: unknown) => subscriber.error(error),
        }),
      );
    });

  return {
    session$: (signals$, wanted, guildId) =>
      defer(() =>
        bot.closed
          ? throwError(CLOSED)
          : remoteSession$({ signals$, options: wanted, guildId, keep, ahead: frames, opens: toldToNodes(sources), portable: portableOptions, place$: (to) => place$(guildId, to) }),
      ),
    close: () => bot.close(),
  };
}
