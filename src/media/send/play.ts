/** `session.play`: the Observable of a play. A pump has one play at a time. */
import { Observable, type Subscriber } from 'rxjs';
import { holdBack, insulated } from '../../edge.js';
import { AlreadyPlayingError } from '../../errors.js';
import type { PlayEvent } from '../../types.js';
import { checkPlayOptions, resolvePlayOptions, type FrameInput, type PlayOptions } from './play-options.js';
import { Heard } from './play-end.js';
import { Playback } from './playback.js';
import type { Pump } from './pump.js';

/**
 * Cold and exclusive: subscribing begins the play, unsubscribing stops it and releases the source.
 *
 * @param refusal called at each subscription: returns an error if the session cannot play any more
 */
export function play(pump: Pump, input: FrameInput, options: PlayOptions = {}, refusal: () => unknown = () => undefined): Observable<PlayEvent> {
  // Before the first subscription, because an input that waits in a playlist may fail meanwhile.
  holdBack(input);
  const playing$ = new Observable<PlayEvent>((subscriber) => {
    // If it throws, RxJS turns that into an error notification.
    checkPlayOptions(options);
    const heard = new Heard(options.onEnd);
    // Runs before the source is released, because the source's own code may take long.
    subscriber.add(() => heard.end('stopped'));
    const playback = begin(pump, input, options, { subscriber, heard, refusal });
    if (playback !== undefined) subscriber.add(() => pump.stop(playback));
  });
  return insulated(playing$);
}

interface Listening {
  readonly subscriber: Subscriber<PlayEvent>;
  readonly heard: Heard;
  readonly refusal: () => unknown;
}

function begin(pump: Pump, input: FrameInput, options: PlayOptions, { subscriber, heard, refusal }: Listening): Playback | undefined {
  const refuse = (error: unknown): undefined => {
    heard.end('failed');
    subscriber.error(error);
    return undefined;
  };
  const refused = refusal();
  if (refused !== undefined) return refuse(refused);
  if (pump.playing) return refuse(new AlreadyPlayingError());
  let playback;
  try {
    // Throws if the input is not a source.
    playback = new Playback(input, resolvePlayOptions(options), subscriber, pump.wake, heard);
  } catch (error) {
    return refuse(error);
  }
  // Opening ran the source's own code, which may have unsubscribed, begun another play, or ended the session.
  const late = refusal() ?? (subscriber.closed || pump.playing ? new AlreadyPlayingError() : undefined);
  if (late !== undefined) {
    playback.close();
    return refuse(late);
  }
  pump.start(playback);
  return playback;
}
