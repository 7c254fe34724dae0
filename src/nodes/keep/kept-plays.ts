/** The plays of a session that is kept. One that is read here goes on while nobody listens, and whoever plays the same next follows it. */
import { Observable } from 'rxjs';
import type { VoiceSession } from '../../driver/session/session.js';
import { descriptionOf } from '../../frames/description.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { PlayEvent } from '../../types.js';
import { KeptPlay } from './kept-play.js';

export class KeptPlays {
  readonly #session: VoiceSession;
  /** It plays, or has ended, and nobody listens. */
  #alone: KeptPlay | undefined;

  constructor(session: VoiceSession) {
    this.#session = session;
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
        return this.#session.play(frames, options).subscribe(subscriber);
      }
      let play: KeptPlay;
      if (before?.is(description) === true) {
        play = before;
        play.follow(listener, description.start);
      } else {
        before?.stop();
        play = new KeptPlay(description, listener, (onEnd) => this.#session.play(frames, { ...options, onEnd }));
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
