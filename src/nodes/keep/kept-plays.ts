/** The plays of a session that is kept. One that is read here goes on while nobody listens, and whoever plays the same next follows it. */
import { Observable } from 'rxjs';
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

  /** @param play as `session.play` */
  constructor(session: VoiceSession, play: Play) {
    this.#session = session;
    this.#play = play;
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
        if (!gone()) return play.stop();
        // One is followed at most: of two that were left behind, the later.
        this.#alone?.stop();
        play.leave();
        this.#alone = play;
      };
    });
  }

  /** Nobody comes any more. */
  end(): void {
    this.#alone?.stop();
    this.#alone = undefined;
  }
}
