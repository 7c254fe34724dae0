/** The route of a WebM or Matroska file. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { isPlayable } from '../../opus/head.js';
import { WebmReader } from '../../webm/reader.js';
import type { SourceOptions } from '../options.js';
import { AS_IT_IS, decodedFrom, infoOf, type Route } from './route.js';

export async function webmRoute(source: ByteSource, { onDamage }: SourceOptions): Promise<Route> {
  source.mark();
  const reader = new WebmReader(source, (damage) => onDamage?.(damage));
  const { tracks, duration, tags } = await reader.open();
  const track = tracks.find(({ codec, head, encoded }) => codec === 'A_OPUS' && !encoded && head !== undefined && isPlayable(head));
  const { channels, sampleRate } = track ?? tracks[0] ?? {};
  const known = { duration, tags, channels, sampleRate };
  if (track === undefined) {
    source.rewind();
    const info = infoOf('WebM', decodedFrom(tracks.map(({ codec }) => codec)), known);
    return { via: 'ffmpeg', info, source, random: false };
  }
  source.unmark();
  return { via: 'passthrough', info: infoOf('WebM', AS_IT_IS, known), head: track.head!, parts: () => reader.parts(track) };
}
