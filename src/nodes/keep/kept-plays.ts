/** The plays of a kept session. A play whose source is read here goes on without a listener, and the next play of the same source takes it over. */
import { Observable, type SchedulerLike } from 'rxjs';
import type { VoiceSession } from '../../driver/session/session.js';
import type { Play } from '../../engine/serve-engine.js';
import { descriptionOf } from '../../frames/description.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { PlayEvent } from '../../types.js';
import { KeptPlay } from './kept-play.js';

export class KeptPlays {
  readonly #session: VoiceSession;
  readonly #play: Play;
  /** A play without a listener. It is running or has ended. */
  #alone: KeptPlay | undefined;
  /** A play that has ended, and whose listener was told if it was still there. */
  #ended: { readonly play: KeptPlay; readonly at: number } | undefined;
  readonly #scheduler: SchedulerLike;

  /** @param play used like `session.play` */
  constructor(session: VoiceSession, play: Play, scheduler: SchedulerLike) {
    this.#session = session;
    this.#play = play;
    this.#scheduler = scheduler;
  }

  /**
   * Like `session.play`. The first play of the next process takes over the running play, or ends it.
   *
   * @param gone whether the bot is gone; asked when the play is unsubscribed
   */
  play$(frames: FrameInput, options: PlayOptions, gone: () => boolean): Observable<PlayEvent> {
    const description = descriptionOf(frames);
    return new Observable((subscriber) => {
      const listener = { subscriber, onEnd: options.onEnd };
      const before = this.#alone;
      this.#alone = undefined;
      this.#ended = undefined;
      if (description === undefined) {
        before?.stop();
        return this.#play(this.#session, frames, options).subscribe(subscriber);
      }
      let play: KeptPlay;
      if (before?.is(description) === true) {
        play = before;
        play.follow(listener, description.start);
      } else {
        before?.stop();
        play = new KeptPlay(description, listener, (onEnd) => this.#play(this.#session, frames, { ...options, onEnd }));
      }
      return () => {
        if (!gone()) {
          if (play.over) this.#ended = { play, at: this.#scheduler.now() };
          return play.stop();
        }
        // At most one play can be taken over: the one that was left last.
        this.#alone?.stop();
        play.leave();
        this.#alone = play;
      };
    });
  }

  /** The bot is gone, and was last heard at `heardAt`. It does not know of a play that ended after that, so the next process is told of it. */
  missed(heardAt: number): void {
    if (this.#ended === undefined || this.#ended.at <= heardAt) return;
    this.#ended.play.leave();
    this.#alone ??= this.#ended.play;
    this.#ended = undefined;
  }

  /** Stops the play without a listener: no process will take it over. */
  end(): void {
    this.#alone?.stop();
    this.#alone = undefined;
  }
}
