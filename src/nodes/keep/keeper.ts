/** The sessions of a node that may outlive the processes of their bots. */
import { concat, ignoreElements, merge, Observable, of, switchMap, take, throwError, timer, type SchedulerLike } from 'rxjs';
import type { VoiceOptions } from '../../driver/options.js';
import type { VoiceSession } from '../../driver/session/session.js';
import { ownPlay, type Play } from '../../engine/serve-engine.js';
import { AlreadyJoinedError } from '../../errors.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { PlayEvent, Snowflake, VoiceSignal } from '../../types.js';
import { KeptSession, type Home } from './kept-session.js';

export class Keeper {
  readonly #sessions = new Map<string, KeptSession>();
  /** The same sessions, by the `VoiceSession` that their homes are given. */
  readonly #kept = new WeakMap<VoiceSession, KeptSession>();
  readonly #patience: number;
  readonly #scheduler: SchedulerLike;
  readonly #play: Play;

  /**
   * @param patience ms after which another process of the bot that still has a session is considered alive
   * @param play replaces `session.play` for kept sessions. Default: `session.play` itself
   */
  constructor(patience: number, scheduler: SchedulerLike, play = ownPlay) {
    this.#patience = patience;
    this.#scheduler = scheduler;
    this.#play = play;
  }

  /** The session of a bot in a guild: the one that a former process left behind, or else a new one that `run` starts. */
  session$(
    bot: Snowflake,
    guildId: Snowflake,
    home: Home,
    run: (signals$: Observable<VoiceSignal>, options: VoiceOptions) => Observable<VoiceSession>,
  ): Observable<VoiceSession> {
    const key = `${bot}.${guildId}`;
    return new Observable((subscriber) => {
      const present = this.#sessions.get(key);
      if (present?.alone === true) return present.follow(home, subscriber);
      // Most likely the former process is gone, and this node has not noticed it yet.
      if (present !== undefined) return this.#await(present, bot, guildId).subscribe({
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.add(this.session$(bot, guildId, home, run).subscribe(subscriber)),
      }); // prettier-ignore
      if (home.keep === 0) return run(home.signals$, home.options).subscribe(subscriber);
      const session: KeptSession = new KeptSession(home, this.#scheduler, (given) => this.#kept.set(given, session), this.#play);
      this.#sessions.set(key, session);
      session.alone$.subscribe({ complete: () => this.#sessions.delete(key) });
      session.begin(subscriber, run);
      return undefined;
    });
  }

  /** Ends the sessions without a home, because the node ends or has lost its lease. */
  end(): void {
    for (const session of [...this.#sessions.values()]) session.endAlone();
  }

  /** Like `session.play`; a play of a kept session may outlive its listener. */
  play$(session: VoiceSession, frames: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    return this.#kept.get(session)?.play$(frames, options) ?? session.play(frames, options);
  }

  /** Completes when the session has no home any more or has ended. Errors with an AlreadyJoinedError after `patience` ms. */
  #await(present: KeptSession, bot: Snowflake, guildId: Snowflake): Observable<never> {
    const late$ = timer(this.#patience, this.#scheduler).pipe(switchMap(() => throwError(() => new AlreadyJoinedError(guildId, bot))));
    return merge(concat(present.alone$, of(undefined)), late$).pipe(take(1), ignoreElements());
  }
}
