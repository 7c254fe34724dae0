/** What a bot does, in words that stand well in a diagram. */
import { defer, distinctUntilChanged, filter, map, type Observable } from 'rxjs';
import type { VoiceStateCommand } from '../../protocol/commands.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import type { OpusFrame, Snowflake } from '../../types.js';
import { testFrameIndex } from '../test-frames.js';
import type { VirtualPacket } from './packet-reader.js';

/**
 * Where the bot goes; a change of its microphone or headphones is not told.
 *
 * ```
 * op 4    20   20   21   -
 * deeds   j---------m----l    joins 20 of guild 10, moves to 21 of guild 10, leaves guild 10
 * ```
 */
export function deeds$(commands$: Observable<VoiceStateCommand>): Observable<string> {
  return defer(() => {
    const places = new Map<Snowflake, Snowflake | null>();
    return commands$.pipe(
      map(({ d: { guild_id: guild, channel_id: channel } }) => {
        const before = places.get(guild) ?? null;
        places.set(guild, channel);
        if (channel === null) return `leaves guild ${guild}`;
        if (channel === before) return '';
        return before === null ? `joins ${channel} of guild ${guild}` : `moves to ${channel} of guild ${guild}`;
      }),
      filter((deed) => deed !== ''),
    );
  });
}

/** Each frame by its name, and a row of silence once. */
export function heard$(packets$: Observable<VirtualPacket>): Observable<string> {
  return packets$.pipe(
    map(({ payload }) => frameName(payload)),
    distinctUntilChanged((before, name) => name === 'silence' && before === 'silence'),
  );
}

/** `frame 3`, `silence`, `120 bytes`. */
export function frameName(frame: OpusFrame): string {
  if (isSilenceFrame(frame)) return 'silence';
  const index = testFrameIndex(frame);
  return index === undefined ? `${frame.length} bytes` : `frame ${index}`;
}
