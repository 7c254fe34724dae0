/** What a bot does, as short texts for a diagram. */
import { distinctUntilChanged, map, type Observable, type OperatorFunction } from 'rxjs';
import type { VoiceStateCommand } from '../../protocol/commands.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import type { OpusFrame, Snowflake } from '../../types.js';
import { testFrameIndex } from '../test-frames.js';
import type { VirtualPacket } from './packet-reader.js';

/**
 * What a bot does with a command; undefined if it stays, and only its mute or deafen flag changes.
 *
 * @param before its channel; null if it is in none
 */
export function deedOf({ d: { guild_id: guild, channel_id: channel } }: VoiceStateCommand, before: Snowflake | null): string | undefined {
  if (channel === null) return `leaves guild ${guild}`;
  if (channel === before) return undefined;
  return before === null ? `joins ${channel} of guild ${guild}` : `moves to ${channel} of guild ${guild}`;
}

/** The names of the frames in packets: see {@link frameNames}. */
export function heard$(packets$: Observable<VirtualPacket>): Observable<string> {
  return packets$.pipe(
    map(({ payload }) => payload),
    frameNames(),
  );
}

/**
 * Each frame by its name, and a series of silence frames once.
 *
 * ```
 * frames  0-1-s-s-s-s-s-2
 * result  0-1-s---------2
 * ```
 */
export function frameNames(): OperatorFunction<OpusFrame, string> {
  return (frames$) =>
    frames$.pipe(
      map(frameName),
      distinctUntilChanged((before, name) => name === 'silence' && before === 'silence'),
    );
}

/** `frame 3`, `silence`, `120 bytes`. */
export function frameName(frame: OpusFrame): string {
  if (isSilenceFrame(frame)) return 'silence';
  const index = testFrameIndex(frame);
  return index === undefined ? `${frame.length} bytes` : `frame ${index}`;
}
