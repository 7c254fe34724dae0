/** Sessions on other machines: what the bot's process does, and whether it is there, is a matter of its sources and listeners alone. */
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
  /** The bot's user id. A session of it in a guild is run by one node at a time, whichever process of the bot asks for it. */
  readonly bot: Snowflake;
  /** As that of the nodes. Default `rxvoice`. */
  readonly prefix?: string;
  /**
   * ms of a play that are read ahead onto its node: so long the bot and NATS may be away without being heard, and so much later a source
   * hears of what it is to do otherwise. Default 1 000.
   */
  readonly ahead?: number;
  /**
   * Which sources are opened on the node, so that neither the bot nor NATS is needed while they play: `urls`, http: and https: ones that
   * `source` was given; `files`, paths, too, which are then paths on the nodes, in their folder `files`; `none`: all are read here. What is
   * no `source`, or has options that are code or headers, is read here in any case. Default `urls`.
   */
  readonly sources?: 'none' | 'urls' | 'files';
  /** ms to wait for a node where there is none. Default 10 000. */
  readonly patience?: number;
  /**
   * ms for which a session goes on on its node when the bot's process is gone without having left it, and with it a play whose source is read
   * there. The next process of the bot that connects to the guild meanwhile, with a `keep` of its own, is given the session; and its first play,
   * if it is of the same source, takes over that which plays, wherever it is; where the node is gone, too, it goes on where that was written down to be (`checkpoint` of
   * `voiceNode`). Default 0: all of it ends with the process.
   */
  readonly keep?: number;
  /**
   * With `keep`: a name of this process that the next one in its place has, too, and no other that lives, such as that of its pod. So a node knows at once,
   * and not after its `silentAfter`, that the one before is gone. Of two that live the later is believed, by its clock, and the sessions of the
   * other end with an EngineLostError. Letters, digits, - and _. Default: none.
   */
  readonly instance?: string;
  /** ms without a word after which a node is taken to be gone. Default 6 000, and never more than a lease. */
  readonly silentAfter?: number;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A {@link VoiceEngine} of nodes. */
export interface NatsEngine extends VoiceEngine {
  /**
   * Ends the links, for good. What still runs is `reconnecting` from then on: leave it first, or end the process and have the next one take it
   * over (`keep`). A session that is asked for afterwards fails with an EngineLostError.
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
 * Runs sessions on the machines that have a `voiceNode` of the same `prefix`. A new session goes to the one with the least to do. A node that
 * drains hands its sessions on; one that dies is a fault of its sessions, which go on elsewhere when its lease has run out.
 *
 * ```ts
 * const engine = natsEngine(await connect({ servers: 'nats://10.0.0.5:4222', maxReconnectAttempts: -1 }), { bot: userId });
 * connectVoice$(gateway$, ids, { engine }).pipe(switchMap((session) => session.play(frames$)));
 * ```
 * A session fails with an EngineLostError where there is no node for `patience` ms as it begins, where it has begun on four nodes that were
 * lost without ten seconds of being ready between them, and when the connection is closed for good; with an AlreadyJoinedError where another
 * process of the bot has one in the guild. One that was ready waits for a node, `reconnecting`, for as long as it takes.
 *
 * @throws VoiceOptionsError, which names the first option that is not what it must be
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
