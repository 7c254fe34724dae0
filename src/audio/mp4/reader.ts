/** Reads an MP4 file: its index, then the packets of one Opus track. */
import { MAX_OPUS_PACKET_BYTES, opusPacketSamples } from '../../protocol/opus-packet.js';
import { ByteCursor } from '../bytes/byte-cursor.js';
import type { ByteSource } from '../bytes/byte-source.js';
import { MediaFormatError } from '../errors.js';
import type { OpusPart } from '../opus/parts.js';
import { SAMPLE_RATE } from '../pcm/pcm.js';
import { MAX_BOX_HEADER_BYTES, readBoxHeader, type BoxHeader } from './boxes.js';
import { readMovie, type Mp4Info, type Mp4Track } from './movie.js';
import { fragmentSamples, tableSamples, type Mp4Sample } from './samples.js';
import { PacketTrust } from './trust.js';

/** A packet of an MP4 file that is not an Opus packet; silence of the same length takes its place. */
export interface Mp4Damage {
  readonly reason: 'invalid-packet';
  /** Where, in bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** Maximum size of an index: that of a hundred hours has some 20 MB. */
const MAX_INDEX_BYTES = 67_108_864;
/** 120 ms: a longer sample is not a packet. */
const MAX_PACKET_SAMPLES = 5_760;
/** A gap of up to this many bytes, of video between the audio, is read and discarded; for a larger one the file is reopened after it. */
const READ_OVER_BYTES = 1_048_576;
/** Reopens the file at an offset. */
export type Reopen = (from: number) => ByteSource;

/** The index is behind the audio, in a stream that cannot be opened a second time. */
export class IndexBehindError extends MediaFormatError {}

export class Mp4Reader {
  #source: ByteSource;
  #cursor: ByteCursor;
  readonly #reopen: Reopen | undefined;
  readonly #onDamage: (damage: Mp4Damage) => void;
  #info: Mp4Info | undefined;
  #frames = 0;

  /** @param reopen undefined if the input cannot be reopened */
  constructor(source: ByteSource, reopen: Reopen | undefined, onDamage: (damage: Mp4Damage) => void) {
    this.#source = source;
    this.#cursor = new ByteCursor(source);
    this.#reopen = reopen;
    this.#onDamage = onDamage;
  }

  /** Reads the index, wherever it is. */
  async open(): Promise<Mp4Info> {
    for (;;) {
      const box = await this.#header();
      if (box === undefined) return this.#fail('it has no index (moov): it is cut off, or its recording was never ended');
      if (box.type === 'moov') {
        this.#info = readMovie(await this.#body(box));
        return this.#info;
      }
      if (box.type === 'mdat') await this.#passAudio(box);
      else if (box.size > MAX_INDEX_BYTES || !(await this.#cursor.skip(box.size))) this.#cutOff();
    }
  }

  /** The packets of the track, after `open()`. */
  async *parts(track: Mp4Track): AsyncGenerator<OpusPart, undefined> {
    yield { type: 'head', head: track.head! };
    const { fragmented, defaults } = this.#info!;
    for await (const part of this.#samples(tableSamples(track.table), track)) yield part;
    while (fragmented && !this.#source.released) {
      const start = this.#cursor.offset;
      const box = await this.#header();
      if (box === undefined) return undefined;
      if (box.type === 'moof') {
        const samples = fragmentSamples(await this.#body(box), start, track.id, defaults.get(track.id));
        for await (const part of this.#samples(samples, track)) yield part;
      } else if (!(await this.#cursor.skip(box.size)) && !this.#source.released) this.#cutOff();
    }
    return undefined;
  }

  async *#samples(samples: Iterator<Mp4Sample>, { timescale }: Mp4Track): AsyncGenerator<OpusPart, void> {
    const trust = new PacketTrust();
    let next = samples.next();
    while (next.done !== true && !this.#source.released) {
      const { offset, size, duration } = next.value;
      next = samples.next();
      const lasts = timescale > 0 ? Math.round((duration * SAMPLE_RATE) / timescale) : 0;
      const packet = await this.#packet(offset, size);
      const valid = opusPacketSamples(packet);
      // Only the last packet may be longer than its audible part.
      if (typeof valid === 'number' && (lasts === 0 || valid === lasts || (next.done === true && valid > lasts))) {
        this.#frames += 1;
        for (const part of trust.sound({ type: 'packet', frame: packet.slice(), samples: valid })) yield part;
        if (lasts > 0 && valid > lasts) yield { type: 'trim', samples: valid - lasts };
      } else {
        if (this.#source.released) return;
        this.#onDamage({ reason: 'invalid-packet', offset, bytes: size });
        for (const part of trust.broken(Math.min(lasts, MAX_PACKET_SAMPLES))) yield part;
      }
      await this.#pass(size);
    }
    for (const part of trust.end()) yield part;
  }

  /** The bytes of a packet, at the cursor: a view; empty if it is too long to be a packet. */
  async #packet(offset: number, size: number): Promise<Uint8Array> {
    if (offset !== this.#cursor.offset) await this.#goTo(offset);
    if (size > MAX_OPUS_PACKET_BYTES) return new Uint8Array(0);
    if (this.#cursor.held < size && !(await this.#cursor.fill(size)) && !this.#source.released) this.#cutOff();
    return this.#cursor.bytes.subarray(0, size);
  }

  async #pass(bytes: number): Promise<void> {
    if (this.#cursor.held >= bytes) this.#cursor.take(bytes);
    else if (!(await this.#cursor.skip(bytes)) && !this.#source.released) this.#cutOff();
  }

  /** The audio comes before the index: looks for the index after it. */
  async #passAudio(box: BoxHeader): Promise<void> {
    const end = this.#cursor.offset + box.size;
    if (end === Number.POSITIVE_INFINITY) this.#fail('it has no index (moov)');
    if (this.#reopen === undefined) {
      throw new IndexBehindError(
        'the index of this MP4 file stands behind the audio, and this input cannot be read twice. Pass a path, a URL, bytes or a ' +
          'function that opens it; or move the index to the front: ffmpeg -i INPUT -c copy -movflags +faststart OUTPUT.mp4',
        this.#source.bytesRead,
      );
    }
    await this.#openAt(end);
  }

  async #goTo(offset: number): Promise<void> {
    const { offset: here, held } = this.#cursor;
    if (offset >= here && (this.#reopen === undefined || offset - here <= held + READ_OVER_BYTES)) return this.#pass(offset - here);
    if (this.#reopen === undefined) return this.#fail('its packets are not in order, and this input cannot be read twice');
    return this.#openAt(offset);
  }

  async #openAt(offset: number): Promise<void> {
    await this.#source.release();
    this.#source = this.#reopen!(offset);
    this.#cursor = new ByteCursor(this.#source, offset);
  }

  /** The next box; undefined at the end of the file. */
  async #header(): Promise<BoxHeader | undefined> {
    await this.#cursor.fill(MAX_BOX_HEADER_BYTES);
    if (this.#cursor.held === 0) return undefined;
    const header = readBoxHeader(this.#cursor.bytes);
    if (header === undefined) return this.#fail('it is damaged: a box has an impossible size');
    if (header === 'short') return this.#source.released ? undefined : this.#cutOff();
    this.#cursor.take(header.headerBytes);
    return header;
  }

  async #body({ size, type }: BoxHeader): Promise<DataView> {
    if (size > MAX_INDEX_BYTES) return this.#fail(`its ${type} has ${size} bytes, and ${MAX_INDEX_BYTES} are more than enough`);
    if (!(await this.#cursor.fill(size)) && !this.#source.released) this.#cutOff();
    // A copy, because the index is used long after the cursor has moved on.
    const body = this.#cursor.bytes.slice(0, size);
    this.#cursor.take(body.length);
    return new DataView(body.buffer);
  }

  #cutOff(): never {
    return this.#fail(`it is cut off: fetch it again, or make it anew. All ${this.#frames} frames before are given`);
  }

  #fail(what: string): never {
    throw new MediaFormatError(`this MP4 file cannot be read on: ${what}`, this.#source.bytesRead);
  }
}
