/** The home side of one port: the sessions that were given to it, as if they were here. */
import { Observable, throwError } from 'rxjs';
import { guarded } from '../edge.js';
import { VoiceOptionsError } from '../errors.js';
import type { VoiceEngine } from '../driver/engine.js';
import type { VoiceOptions } from '../driver/options.js';
import type { VoiceSession } from '../driver/session/session.js';
import { steadyScheduler } from '../steady-scheduler.js';
import type { Snowflake, VoiceSignal } from '../types.js';
import { Peer, productionOf } from './peer.js';
import { Plays, type OpenFrames } from './plays.js';
import { portableOptions, type PortableOptions } from './portable-options.js';
import { SessionMirror } from './session-mirror.js';
import type { SessionNews } from './session-news.js';
import { WIRE_VERSION, type EnginePort } from './wire.js';

/** What is chosen about a port. */
export interface HomeSideOptions {
  /** Frames that the far side asks for ahead of its clock. */
  readonly ahead: number;
  /** What of the options travels. Default {@link portableOptions}. */
  readonly portable?: (options: VoiceOptions, session: number) => PortableOptions;
}

const LEFT = { status: 'ended', reason: 'left', closeCode: null } as const;

export class HomeSide implements VoiceEngine {
  readonly #peer: Peer;
  readonly #ahead: number;
  readonly #portable: (options: VoiceOptions, session: number) => PortableOptions;
  readonly #signals = new Map<number, Observable<VoiceSignal>>();
  readonly #sources = new Map<number, OpenFrames>();

  constructor(port: EnginePort, { ahead, portable = portableOptions }: HomeSideOptions) {
    this.#ahead = ahead;
    this.#portable = portable;
    this.#peer = new Peer(port, (topic, sink) => {
      if (topic.what === 'frames') {
        const open = this.#sources.get(topic.play);
        if (open !== undefined) return open(sink);
      }
      const signals$ = topic.what === 'signals' ? this.#signals.get(topic.session) : undefined;
      return productionOf(signals$ ?? throwError(() => new VoiceOptionsError('topic', `there is no such '${topic.what}' here`)), sink);
    });
  }

  /** As `driveVoice$`, on the far side. */
  session$(signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake | null): Observable<VoiceSession> {
    return new Observable((subscriber) => {
      const { log, scheduler = steadyScheduler } = options;
      const plays = new Plays(this.#ahead, this.#sources);
      let mirror: SessionMirror | undefined;
      // Added first: nothing is sent on a session that is being left, and it is told here before the far side has heard of it.
      let told = false;
      subscriber.add(() => {
        // What has failed may be let go of before its error has come: a play fails first.
        if (told || mirror?.outcome !== undefined) return;
        guarded(() => log?.({ type: 'state', state: LEFT, at: scheduler.now(), guildId }));
        mirror?.leave(LEFT);
      });
      let id = 0;
      const hear = (news: SessionNews): void => {
        if ('log' in news) guarded(() => log?.(news.log));
        else if ('change' in news) mirror?.change(news.change);
        else if ('ended' in news) mirror?.ended(news.ended);
        else {
          mirror = new SessionMirror(this.#peer, id, plays, news.ready, () => scheduler.now());
          subscriber.next(mirror.session);
        }
      };
      const over = (): void => {
        told = true;
        mirror?.close();
      };
      const sink = {
        next: (news: unknown) => hear(news as SessionNews),
        error: (error: unknown) => {
          over();
          subscriber.error(error);
        },
        complete: () => {
          over();
          subscriber.complete();
        },
      };
      // The number is needed before the far side asks for the signals; options that cannot travel are found out before anything is said.
      const topic = { what: 'session', version: WIRE_VERSION, guildId, log: log !== undefined } as const;
      this.#peer.subscribe((number) => ({ ...topic, options: this.#portable(options, number) }), sink, (subscribed) => {
        id = subscribed.id;
        this.#signals.set(id, signals$);
        subscriber.add(() => this.#signals.delete(id));
        subscriber.add(() => subscribed.unsubscribe());
      });
    });
  }
}
