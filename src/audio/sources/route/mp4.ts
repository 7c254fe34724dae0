/** The route of an MP4 file. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { IndexBehindError, Mp4Reader } from '../../mp4/reader.js';
import { isPlayable } from '../../opus/head.js';
import type { OpenedInput } from '../input/opened-input.js';
import type { SourceOptions } from '../options.js';
import { AS_IT_IS, decodedFrom, infoOf, type Route } from './route.js';

export async function mp4Route(source: ByteSource, input: OpenedInput, { onDamage }: SourceOptions): Promise<Route> {
  const reopen = input.reopenable ? (from: number) => input.reopen(from) : undefined;
  source.mark();
  const reader = new Mp4Reader(source, reopen, (damage) => onDamage?.(damage));
  let opened: Awaited<ReturnType<Mp4Reader['open']>>;
  try {
    opened = await reader.open();
  } catch (error) {
    if (!(error instanceof IndexBehindError)) throw error;
    source.rewind();
    const info = infoOf('MP4', 'its index stands behind the audio, and it can be read only once');
    return { via: 'ffmpeg', info, source, random: true };
  }
  const { tracks, duration, tags } = opened;
  const track = tracks.find(({ head }) => head !== undefined && isPlayable(head));
  const { channels, sampleRate } = track ?? tracks[0] ?? {};
  const known = { duration, tags, channels, sampleRate };
  if (track === undefined) {
    source.rewind();
    const info = infoOf('MP4', decodedFrom(tracks.map(({ codec }) => codec)), known);
    return { via: 'ffmpeg', info, source: reopen === undefined ? source : reopen(0), random: true };
  }
  source.unmark();
  return { via: 'passthrough', info: infoOf('MP4', AS_IT_IS, known), head: track.head!, parts: () => reader.parts(track) };
}
