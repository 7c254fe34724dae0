/** `session.play`: the Observable around a pump's one place for a play. */
import { Observable, type Subscriber } from 'rxjs';
import { holdBack, insulated } from '../../edge.js';
import { AlreadyPlayingError } from '../../errors.js';
import type { PlayEvent } from '../../types.js';
import { checkPlayOptions, resolvePlayOptions, type FrameInput, type PlayOptions } from './play-options.js';
import { Heard } from './play-end.js';
import { Playback } from './playback.js';
import type { Pump } from './pump.js';

/**
 * Cold and exclusive: subscribing plays from now on, unsubscribing stops and releases the source.
 *
 * @param refusal asked at each subscription: the error where there is nothing to play to any more
 */
export function play(pump: Pump, input: FrameInput, options: PlayOptions = {}, refusal: () => unknown = () => undefined): Observable<PlayEvent> {
  // Before anybody subscribes: what waits in a playlist may fail meanwhile.
  holdBack(input);
  const playing$ = new Observable<PlayEvent>((subscriber) => {
    // Thrown: RxJS makes an error notification of it.
    checkPlayOptions(options);
    const heard = new Heard(options.onEnd);
    // Before it lets go of the source, whose own code may be long.
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
    // Throws on what is no source at all.
    playback = new Playback(input, resolvePlayOptions(options), subscriber, pump.wake, heard);
  } catch (error) {
    return refuse(error);
  }
  // Opening runs the source's own code, which may have unsubscribed, or begun another play, or ended the session.
  const late = refusal() ?? (subscriber.closed || pump.playing ? new AlreadyPlayingError() : undefined);
  if (late !== undefined) {
    playback.close();
    return refuse(late);
  }
  pump.start(playback);
  return playback;
}
