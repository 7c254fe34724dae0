/** The route of a WAV file. */
import { ByteCursor } from '../../bytes/byte-cursor.js';
import type { ByteSource } from '../../bytes/byte-source.js';
import { MediaFormatError } from '../../errors.js';
import { isSampleRate } from '../../pcm/resampler.js';
import { SAMPLE_BYTES } from '../../pcm/samples.js';
import { readWavHeader, type WavHeader } from '../../pcm/wav-reader.js';
import { infoOf, type Route } from './route.js';

/** Reads the header of a WAV file, and rewinds the source to its start. @returns the header, and where the samples begin */
export async function openWav(source: ByteSource): Promise<{ readonly header: WavHeader; readonly offset: number }> {
  source.mark();
  const start = source.bytesRead;
  const cursor = new ByteCursor(source);
  const header = await readWavHeader(cursor);
  const { offset } = cursor;
  if (typeof header === 'string') {
    const what = header === 'cut-off' ? 'it is cut off inside its head' : 'its samples come before it says what they are (no fmt chunk)';
    throw new MediaFormatError(`this WAV file cannot be read: ${what}. Fetch it again, or make it anew`, offset);
  }
  source.rewind();
  return { header, offset: offset - start };
}

export async function wavRoute(source: ByteSource): Promise<Route> {
  const { header, offset } = await openWav(source);
  const { channels, sampleRate, format, dataBytes, tags } = header;
  if (format === undefined || (channels !== 1 && channels !== 2) || !isSampleRate(sampleRate)) {
    const uncommon = channels > 2 ? `it has ${channels} channels, which have to be mixed down` : `it has ${channels} channels at ${sampleRate} Hz`;
    const why = format === undefined ? 'its samples are coded' : uncommon;
    return { via: 'ffmpeg', info: infoOf('WAV', why, { channels, sampleRate, tags }), source, random: false };
  }
  await source.skip(offset);
  const ms = (dataBytes * 1000) / (sampleRate * channels * SAMPLE_BYTES[format]);
  const duration = Number.isFinite(ms) ? ms : undefined;
  const info = infoOf('WAV', 'it is PCM, which is converted and encoded here', { channels, sampleRate, tags, duration });
  return { via: 'pcm', info, format: { sampleRate, channels, format }, source, bytes: dataBytes };
}
