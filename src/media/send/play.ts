/** `session.play`: the Observable around a pump's one place for a play. */
import { Observable } from 'rxjs';
import { holdBack, insulated } from '../../edge.js';
import { AlreadyPlayingError } from '../../errors.js';
import type { PlayEvent } from '../../types.js';
import { checkPlayOptions, DEFAULT_PLAY_OPTIONS, type FrameInput, type PlayOptions } from './play-options.js';
import { Playback } from './playback.js';
import type { Pump } from './pump.js';

/** Cold and exclusive: subscribing plays from now on, unsubscribing stops and releases the source. */
export function play(pump: Pump, input: FrameInput, options: PlayOptions = {}): Observable<PlayEvent> {
  // Before anybody subscribes: what waits in a playlist may fail meanwhile.
  holdBack(input);
  const playing$ = new Observable<PlayEvent>((subscriber) => {
    // Thrown, as by opening below: RxJS makes an error notification of it.
    checkPlayOptions(options);
    if (pump.playing) {
      subscriber.error(new AlreadyPlayingError());
      return undefined;
    }
    // Throws on what is no source at all.
    const playback = new Playback(input, withDefaults(options), subscriber, pump.wake);
    // Opening runs the source's own code, which may have unsubscribed, or begun another play.
    if (subscriber.closed || pump.playing) {
      playback.close();
      subscriber.error(new AlreadyPlayingError());
      return undefined;
    }
    pump.start(playback);
    return () => pump.stop(playback);
  });
  return insulated(playing$);
}

/** What is undefined counts as not given. */
function withDefaults({ speaking, prefetch, buffer, whenSuspended }: PlayOptions): Required<PlayOptions> {
  return {
    speaking: speaking ?? DEFAULT_PLAY_OPTIONS.speaking,
    prefetch: prefetch ?? DEFAULT_PLAY_OPTIONS.prefetch,
    buffer: { ...DEFAULT_PLAY_OPTIONS.buffer, ...buffer },
    whenSuspended: whenSuspended ?? DEFAULT_PLAY_OPTIONS.whenSuspended,
  };
}
