/** The plays of a session that is kept. One that is read here goes on while nobody listens, and whoever plays the same next follows it. */
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
  /** It plays, or has ended, and nobody listens. */
  #alone: KeptPlay | undefined;
  /** It has ended, and its listener was told, if he was still there. */
  #ended: { readonly play: KeptPlay; readonly at: number } | undefined;
  readonly #scheduler: SchedulerLike;

  /** @param play as `session.play` */
  constructor(session: VoiceSession, play: Play, scheduler: SchedulerLike) {
    this.#session = session;
    this.#play = play;
    this.#scheduler = scheduler;
  }

  /**
   * As `session.play`. The first play of who follows takes over what plays, or ends it.
   *
   * @param gone whether who unsubscribes then does so since the bot is gone
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
        // One is followed at most: of two that were left behind, the later.
        this.#alone?.stop();
        play.leave();
        this.#alone = play;
      };
    });
  }

  /** The bot is gone, and was heard of last then: of what ended since it knows nothing, and whoever comes is told. */
  missed(heardAt: number): void {
    if (this.#ended === undefined || this.#ended.at <= heardAt) return;
    this.#ended.play.leave();
    this.#alone ??= this.#ended.play;
    this.#ended = undefined;
  }

  /** Nobody comes any more. */
  end(): void {
    this.#alone?.stop();
    this.#alone = undefined;
  }
}
