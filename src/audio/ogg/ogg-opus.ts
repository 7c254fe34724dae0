/** Pulls Opus packets from Ogg files and streams. */
import { fields, functionOf, type Check } from '../../checks/check.js';
import type { OpusFrame } from '../../types.js';
import { holdBack } from '../../edge.js';
import { ByteSource, type ByteInput } from '../bytes/byte-source.js';
import { id3Bytes } from '../bytes/id3.js';
import { MediaFormatError } from '../errors.js';
import { foreignFormat, hasMagic, SNIFF_BYTES } from '../bytes/media-sniff.js';
import { opusFrames } from '../opus/frames.js';
import type { OpusPart } from '../opus/parts.js';
import { OggOpusStreams, type OggDamage } from './opus-streams.js';
import { OggPageReader, type OggPage } from './pages.js';

/** Options of {@link oggOpus}. */
export interface OggOpusOptions {
  /**
   * Called for each damaged place when it is passed: reading continues at the next valid page, so that a damaged file plays with
   * a pause. Default: none.
   */
  readonly onDamage?: (damage: OggDamage) => void;
}

const checkOptions = fields({ onDamage: functionOf('that is given each damaged place') } satisfies Readonly<Record<keyof OggOpusOptions, Check>>);

/** Bytes without any page after which a source is not Ogg: more than the longest page, 65 307. */
const NOT_OGG_AFTER_BYTES = 131_072;
/** Bytes without a page after which reading gives up, even if there were pages before. */
const LOST_AFTER_BYTES = 16_777_216;
const NOT_OGG =
  'this is no Ogg stream, and no other format that is known here. Convert it first: ffmpeg -i INPUT -c:a libopus -b:a 96k OUTPUT.ogg';

/**
 * The Opus packets of an Ogg stream (`.opus`, `.ogg`), byte for byte and in order, without the header packets: what `play()`
 * takes.
 *
 * The source is read only when a frame is needed, one chunk at a time, so memory does not grow with
 * the length of the file. Chained streams (internet radio, `cat a.opus b.opus`) are played one after the other; of multiplexed
 * streams the first Opus one is played. If the stream has a gap in its timestamps, or something
 * is lost, there is silence of that length. Each frame owns its memory. Pre-skip, output gain and the trimming at the end are
 * ignored here, since a decoder applies them; `source()` applies the gain, and `pcm()` all three.
 *
 * An ID3 tag in front is ignored. One changed byte is repaired; any other damaged page is skipped; `onDamage` is called for both. A
 * file without its end-of-stream mark is fine. One that ends inside a page or a packet gives all frames before the cut, and then
 * the error.
 *
 * Stopping (`return()`, or leaving a `for await`) releases the source, also while a read is pending: its iterator's
 * `return()` is called, and its `destroy()` or `cancel()` if it has one. Errors of the source are passed on unchanged, when the
 * frames are read: a file that cannot be opened fails when its turn comes, and not while it waits.
 *
 * @param bytes the whole file, chunks of any size, or a readable stream such as `createReadStream(path)`; or a function that opens
 *   one, called when the first frame is asked for: a song that waits in a playlist holds no file open, and can be played again
 * @throws MediaFormatError while iterating: empty, another format (the message says which), no Opus inside, more than two channels,
 *   cut off, or damaged beyond reading
 * @throws VoiceOptionsError at once for an invalid option
 *
 * Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).
 */
export function oggOpus(bytes: ByteInput | (() => ByteInput), options: OggOpusOptions = {}): AsyncIterable<OpusFrame> {
  checkOptions('', options);
  holdBack(bytes);
  return {
    [Symbol.asyncIterator](): AsyncIterator<OpusFrame> {
      const source = new ByteSource(bytes);
      const frames = opusFrames(oggOpusParts(source, options));
      return {
        next: () => frames.next(),
        // A generator's own return() waits for a pending next(); releasing the source first ends that at once.
        return: async () => {
          await source.release();
          return frames.return(undefined);
        },
      };
    },
  };
}

/** The same, with everything that a decoder needs to know. It releases the source at the end. */
export async function* oggOpusParts(source: ByteSource, { onDamage }: OggOpusOptions = {}): AsyncGenerator<OpusPart, undefined> {
  const fail = (message: string): never => {
    throw new MediaFormatError(message, source.bytesRead);
  };
  let damages = 0;
  let pages = 0;
  let frames = 0;
  let lastPage = 0;
  const damaged = (damage: OggDamage): void => {
    damages += 1;
    onDamage?.(damage);
  };
  const reader = new OggPageReader({
    skipped: (offset, bytes) => damaged({ reason: 'unreadable-bytes', offset, bytes }),
    mended: (offset) => damaged({ reason: 'mended-byte', offset, bytes: 0 }),
  });
  const streams = new OggOpusStreams(damaged, fail);
  try {
    if ((await source.peek(SNIFF_BYTES)).length === 0) {
      if (source.released) return undefined;
      fail('the input is empty: is the file, or the download, complete? A stream can be read only once');
    }
    reader.startAt(await skipTag(source, fail));

    for (let ended = false; ; ) {
      const page: OggPage | undefined = reader.next() ?? (ended ? reader.nextAtEnd() : undefined);
      if (reader.hopeless || source.bytesRead - lastPage > LOST_AFTER_BYTES) fail('this Ogg stream is damaged beyond reading: fetch or repair the file');
      if (page !== undefined) {
        pages += 1;
        lastPage = page.offset;
        for (const part of streams.parts(page)) {
          if (part.type === 'packet') frames += 1;
          yield part;
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

/** Skips an ID3 tag, fails if the source is not Ogg, and returns where the stream begins. */
async function skipTag(source: ByteSource, fail: (message: string) => never): Promise<number> {
  const start = await source.peek(SNIFF_BYTES);
  const tag = id3Bytes(start);
  await source.skip(tag);
  const behind = tag === 0 ? start : await source.peek(SNIFF_BYTES);
  const foreign = foreignFormat(behind) ?? (hasMagic(behind, 'OggS') ? undefined : foreignFormat(start));
  if (foreign !== undefined) {
    // The offset in the error is the number of bytes read to find it out.
    await source.read();
    fail(`this is no Ogg stream, it looks like ${foreign.name}. ${foreign.cure}`);
  }
  return tag;
}
