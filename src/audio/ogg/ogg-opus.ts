/** Opus packets from Ogg files and streams, pulled. */
import type { OpusFrame } from '../../types.js';
import { ByteSource, holdBack, type ByteInput } from '../bytes/byte-source.js';
import { MediaFormatError } from '../errors.js';
import { foreignFormat, SNIFF_BYTES } from '../bytes/media-sniff.js';
import { OggOpusStreams, type OggDamage } from './opus-streams.js';
import { OggPageReader, type OggPage } from './pages.js';

/** Options of {@link oggOpus}. */
export interface OggOpusOptions {
  /**
   * Told of each damaged place, as it is passed: reading goes on at the next sound page, so that a scratched file plays with
   * a gap. Default: nobody is told.
   */
  readonly onDamage?: (damage: OggDamage) => void;
}

/** Bytes without any page after which a source is taken to be no Ogg: more than the longest page, 65 307. */
const NOT_OGG_AFTER_BYTES = 131_072;
const NOT_OGG =
  'this is no Ogg stream, and no other format that is known here. Convert it first: ffmpeg -i INPUT -c:a libopus -b:a 96k OUTPUT.ogg';

/**
 * The Opus packets of an Ogg stream (`.opus`, `.ogg`), byte for byte and in order, without the header packets: what `play()`
 * takes.
 *
 * Pulled: the source is read when a frame is asked for and none is at hand, one chunk at a time, so memory does not grow with
 * the length of the file. Streams that are chained one after the other (internet radio, `cat a.opus b.opus`) play through; of
 * streams side by side the first Opus one is played. Each frame owns its memory. Pre-skip, output gain and the trimming at
 * the end are ignored: they are the decoder's, and at most a few milliseconds long.
 *
 * A damaged place is skipped, and `onDamage` told. A file that lacks its end-of-stream mark is fine, one that ends inside a page
 * or a packet gives all frames before the cut and then the error.
 *
 * Stopping (`return()`, or leaving a `for await`) releases the source, also while a read is pending: its iterator's
 * `return()` is called, and its `destroy()` or `cancel()` where it has one. Errors of the source pass through as they are, when the
 * frames are read: a file that cannot be opened fails when its turn comes, and not while it waits.
 *
 * @param bytes the whole file, chunks of any size, or a readable stream such as `createReadStream(path)`; or a function that opens
 *   one, called when the first frame is asked for: a song that waits in a playlist holds no file open, and can be played again
 * @throws MediaFormatError while iterating: empty, another format (it says which), no Opus inside, more than two channels,
 *   cut off, or damaged beyond reading
 *
 * Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).
 */
export function oggOpus(bytes: ByteInput | (() => ByteInput), options: OggOpusOptions = {}): AsyncIterable<OpusFrame> {
  holdBack(bytes);
  return {
    [Symbol.asyncIterator](): AsyncIterator<OpusFrame> {
      const source = new ByteSource(bytes);
      const frames = demux(source, options);
      return {
        next: () => frames.next(),
        // A generator's own return() waits for a pending next(); letting go of the source first ends that at once.
        return: async () => {
          await source.release();
          return frames.return(undefined);
        },
      };
    },
  };
}

async function* demux(source: ByteSource, { onDamage }: OggOpusOptions): AsyncGenerator<OpusFrame, undefined> {
  const fail = (message: string): never => {
    throw new MediaFormatError(message, source.bytesRead);
  };
  let damages = 0;
  let pages = 0;
  let frames = 0;
  const damaged = (damage: OggDamage): void => {
    damages += 1;
    onDamage?.(damage);
  };
  const reader = new OggPageReader((offset, bytes) => damaged({ reason: 'unreadable-bytes', offset, bytes }));
  const streams = new OggOpusStreams(damaged, fail);
  try {
    const start = await readStart(source);
    if (start.length === 0) {
      if (source.released) return undefined;
      fail('the input is empty: is the file, or the download, complete? A stream can be read only once');
    }
    const foreign = foreignFormat(start);
    if (foreign !== undefined) fail(`this is no Ogg stream, it looks like ${foreign.name}. ${foreign.cure}`);
    reader.push(start);

    for (let ended = false; ; ) {
      const page: OggPage | undefined = reader.next() ?? (ended ? reader.nextAtEnd() : undefined);
      if (reader.hopeless) fail('this Ogg stream is damaged beyond reading: fetch or repair the file');
      if (page !== undefined) {
        pages += 1;
        for (const frame of streams.frames(page)) {
          frames += 1;
          yield frame;
        }
        continue;
      }
      if (ended) break;
      if (pages === 0 && source.bytesRead > NOT_OGG_AFTER_BYTES) fail(NOT_OGG);
      const chunk = await source.read();
      if (chunk !== undefined) reader.push(chunk);
      else ended = true;
    }

    if (source.released) return undefined;
    const cutOff = reader.finish();
    if (pages === 0 && !cutOff) fail(NOT_OGG);
    const incomplete = cutOff ? 'the file is cut off inside a page' : streams.incomplete();
    if (incomplete !== undefined) fail(`${incomplete}: fetch it again, or make it anew. All ${frames} frames before are given`);
    if (frames === 0 && damages > 0) fail('no frame of this Ogg stream can be read: fetch or repair the file');
    return undefined;
  } finally {
    await source.release();
  }
}

/** The first bytes, as many as are needed to tell formats apart if there are that many. */
async function readStart(source: ByteSource): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < SNIFF_BYTES) {
    const piece = await source.read();
    if (piece === undefined) break;
    const joined = new Uint8Array(start.length + piece.length);
    joined.set(start);
    joined.set(piece, start.length);
    start = joined;
  }
  return start;
}
