/** `session.play`: the Observable around a pump's one place for a play. */
import { Observable } from 'rxjs';
import { AlreadyPlayingError } from '../errors.js';
import type { PlayEvent } from '../types.js';
import { DEFAULT_PLAY_OPTIONS, type FrameInput, type PlayOptions } from './play-options.js';
import { Playback } from './playback.js';
import type { Pump } from './pump.js';

/** Cold and exclusive: subscribing plays from now on, unsubscribing stops and releases the source. */
export function play(pump: Pump, input: FrameInput, options: PlayOptions = {}): Observable<PlayEvent> {
  return new Observable((subscriber) => {
    if (pump.playing) {
      subscriber.error(new AlreadyPlayingError());
      return undefined;
    }
    // Opening throws on what is no source at all: RxJS makes an error notification of it.
    const playback = new Playback(input, { ...DEFAULT_PLAY_OPTIONS, ...options }, subscriber, pump.wake);
    pump.start(playback);
    return () => pump.stop(playback);
  });
}
