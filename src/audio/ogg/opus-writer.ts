/** Writes Opus packets to an Ogg file, without encoding them again. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import { count, fields, must, oneOf, type Check } from '../../checks/check.js';
import { VoiceOptionsError } from '../../errors.js';
import type { OpusFrame } from '../../types.js';
import { MediaFormatError } from '../errors.js';
import { MAX_PAGED_PACKET_BYTES, OggPageWriter } from './page-writer.js';
import { isStereoPacket, opusNothing, opusSilence } from '../opus/silence.js';

/** Options of {@link OggOpusWriter}. */
export interface OggOpusWriterOptions {
  /** Distinguishes the streams of a file; 32 bits, unsigned. Default 1. */
  readonly serial?: number;
  /** The number of channels for players: 1 or 2. Default 2; mono packets are played on both sides. */
  readonly channels?: 1 | 2;
  /**
   * Samples at 48 kHz that a player discards at the start: the delay of the encoder, from 0 to 65535. Default 312, the delay of
   * libopus.
   */
  readonly preSkip?: number;
  /** Vorbis comments, such as `{ TITLE: 'Standup' }`; at most about 60 KB. Default none. */
  readonly comments?: Readonly<Record<string, string>>;
}

/** The defaults of an Ogg writer; `preSkip` is in samples at 48 kHz. */
export const DEFAULT_OGG_OPUS_WRITER = { serial: 1, channels: 2, preSkip: 312, comments: {} } as const satisfies Required<OggOpusWriterOptions>;

const TEXTS = must('an object of texts', (value) => typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string'));
const checkOptions = fields({
  serial: count('a whole number from 0 to 4294967295', 0, 0xffff_ffff),
  channels: oneOf([1, 2]),
  preSkip: count('a whole number of samples from 0 to 65535', 0, 0xffff),
  comments: TEXTS,
} satisfies Readonly<Record<keyof OggOpusWriterOptions, Check>>);

/** Samples after which a page is full. Longer pages delay players, and lose more if the recorder crashes. */
const PAGE_SAMPLES = 48_000;
const VENDOR = 'rxvoice';

/**
 * Makes an Ogg/Opus file, page by page. Pure: it takes packets, and gives bytes, to be written one after the other.
 *
 * A page has at most a second of audio, and only whole packets. It is made when the next packet comes, so a file that ends after any page
 * is valid, and lacks only its end mark. A granule position is the number of samples from the start of the first packet to the end of the
 * page's last one.
 *
 * ```
 * writer.header()            the first two pages: OpusHead, OpusTags
 * writer.write(packet)       the pages that it completes: none or one
 * writer.silence(samples)    the same, for a pause
 * writer.conceal(samples)    the same, for a loss
 * writer.flush()             what waits for its page, as a page
 * writer.end()               the last page, with the end mark
 * ```
 * Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).
 */
export class OggOpusWriter {
  readonly #pages: OggPageWriter;
  readonly #preSkip: number;
  readonly #header: Uint8Array;
  #samples = 0;
  #pageStart = 0;
  #stereo: boolean;
  #last: OpusFrame | undefined;
  #ended = false;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: OggOpusWriterOptions = {}) {
    checkOptions('', options);
    const {
      serial = DEFAULT_OGG_OPUS_WRITER.serial,
      channels = DEFAULT_OGG_OPUS_WRITER.channels,
      preSkip = DEFAULT_OGG_OPUS_WRITER.preSkip,
      comments = DEFAULT_OGG_OPUS_WRITER.comments,
    } = options;
    this.#preSkip = preSkip;
    this.#stereo = channels === 2;
    this.#pages = new OggPageWriter(serial);
    const tags = opusTags(comments);
    if (tags.length > MAX_PAGED_PACKET_BYTES) throw new VoiceOptionsError('comments', `must fit into one page, ${MAX_PAGED_PACKET_BYTES} bytes, and are ${tags.length}`);
    this.#pages.add(opusHead(channels, preSkip));
    const first = this.#pages.page(0);
    this.#pages.add(tags);
    const second = this.#pages.page(0);
    this.#header = new Uint8Array(first.length + second.length);
    this.#header.set(first);
    this.#header.set(second, first.length);
  }

  /** Samples at 48 kHz of all packets so far, including those that wait for their page. */
  get samples(): number {
    return this.#samples;
  }

  /** Samples in the pages returned so far. */
  get samplesOut(): number {
    return this.#pageStart;
  }

  /** The pages before the audio. */
  header(): Uint8Array {
    return this.#header.slice();
  }

  /**
   * Adds a packet. It must not be modified before its page is made.
   *
   * @returns the pages that are complete now
   * @throws MediaFormatError if it is not an Opus packet; then nothing is added
   * @throws RangeError after `end()`
   */
  write(packet: OpusFrame): readonly Uint8Array[] {
    const samples = opusPacketSamples(packet);
    if (typeof samples === 'string') throw new MediaFormatError(`this is not an Opus packet: ${samples}`, packet.length);
    this.#stereo = isStereoPacket(packet);
    this.#last = packet;
    return this.#add(packet, samples);
  }

  /**
   * Adds silence in place of missing packets, mono or stereo like the packet before it.
   *
   * @param samples at 48 kHz; rounded down to a multiple of 2.5 ms, the shortest Opus packet
   * @returns the pages that are complete now: one for each second
   */
  silence(samples: number): readonly Uint8Array[] {
    const pages: Uint8Array[] = [];
    for (let left = samples; left >= OPUS_GRID; ) {
      const silence = opusSilence(left, this.#stereo);
      pages.push(...this.#add(silence.packet, silence.samples));
      left -= silence.samples;
    }
    return pages;
  }

  /**
   * Adds packets without data, for which a decoder conceals as for a loss. For short losses within speech. Before the first packet, and for
   * a rest that is shorter than a frame of the packet before, silence is added instead.
   *
   * @param samples at 48 kHz; rounded down to a multiple of 2.5 ms
   * @returns the pages that are complete now
   */
  conceal(samples: number): readonly Uint8Array[] {
    const pages: Uint8Array[] = [];
    const nothing = this.#last === undefined ? undefined : opusNothing(this.#last);
    const length = nothing === undefined ? Infinity : Number(opusPacketSamples(nothing));
    let left = samples;
    for (; nothing !== undefined && left >= length; left -= length) pages.push(...this.#add(nothing, length));
    return [...pages, ...this.silence(left)];
  }

  /** The waiting packets as a page; empty if none wait. */
  flush(): readonly Uint8Array[] {
    return this.#pages.empty ? [] : [this.#page()];
  }

  /**
   * The last page, with the end mark. A stream that is shorter than its own pre-skip would have a negative length, so it is padded
   * with silence. If no packet waits for its page, the last page has 2.5 ms of silence, which its granule position excludes
   * again (RFC 7845 section 4.4). Calling it again returns nothing.
   */
  end(): readonly Uint8Array[] {
    if (this.#ended) return [];
    const missing = Math.ceil((this.#preSkip - this.#samples) / OPUS_GRID) * OPUS_GRID;
    const before = this.silence(missing);
    this.#ended = true;
    // The end mark must be on a page on which a packet ends; the granule position cuts off that extra packet.
    if (this.#pages.empty) this.#pages.add(opusSilence(OPUS_GRID, this.#stereo).packet);
    return [...before, this.#page(true)];
  }

  #add(packet: Uint8Array, samples: number): readonly Uint8Array[] {
    if (this.#ended) throw new RangeError('this Ogg stream was ended: nothing can be added');
    const full = !this.#pages.fits(packet.length) || this.#samples - this.#pageStart + samples > PAGE_SAMPLES;
    const pages = full ? this.flush() : [];
    this.#pages.add(packet);
    this.#samples += samples;
    return pages;
  }

  #page(last = false): Uint8Array {
    this.#pageStart = this.#samples;
    return this.#pages.page(this.#samples, last);
  }
}

/** For the layout see `readOpusHead`. RFC 7845 section 5.1. */
function opusHead(channels: number, preSkip: number): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode('OpusHead'));
  head[8] = 1;
  head[9] = channels;
  view.setUint16(10, preSkip, true);
  view.setUint32(12, 48_000, true);
  return head;
}

/** `OpusTags`, the vendor, the number of comments, and the comments; each text follows its length. RFC 7845 section 5.2. */
function opusTags(comments: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder();
  const texts = Object.entries(comments).map(([name, value]) => encoder.encode(`${name}=${value}`));
  const vendor = encoder.encode(VENDOR);
  const tags = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 16 + vendor.length));
  const view = new DataView(tags.buffer);
  tags.set(encoder.encode('OpusTags'));
  let at = 8;
  const put = (text: Uint8Array): void => {
    view.setUint32(at, text.length, true);
    tags.set(text, at + 4);
    at += 4 + text.length;
  };
  put(vendor);
  view.setUint32(at, texts.length, true);
  at += 4;
  texts.forEach(put);
  return tags;
}
