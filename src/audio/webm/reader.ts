/** Reads a Matroska or WebM file: its header, then the packets of one Opus track. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { ByteCursor } from '../bytes/byte-cursor.js';
import type { ByteSource } from '../bytes/byte-source.js';
import { MediaFormatError } from '../errors.js';
import type { OpusPart } from '../opus/parts.js';
import { readBlock } from './blocks.js';
import { Id, MAX_HEADER_BYTES, signed, unsigned } from './ebml.js';
import { ElementWalker, type WalkedElement, type WalkEnd } from './elements.js';
import { findElement, RESYNC_BYTES } from './resync.js';
import { readInfo, readTags, readTracks, type WebmInfo, type WebmTrack } from './tracks.js';

/** A loss in a damaged file: bytes that are invalid where they are, or a packet that is not an Opus packet. */
export interface WebmDamage {
  readonly reason: 'unreadable-bytes' | 'invalid-packet';
  /** Where, in bytes from the start of the source. */
  readonly offset: number;
  /** Bytes that were skipped, or length of the packet. */
  readonly bytes: number;
}

/** Maximum size of a header element. */
const MAX_ELEMENT_BYTES = 4_194_304;
/** Maximum size of an audio block; larger ones, of video, are skipped unread. */
const MAX_BLOCK_BYTES = 1_048_576;
/** Maximum size of a skipped element: pictures and indices. */
const MAX_SKIP_BYTES = 1_073_741_824;
/** Invalid bytes after which reading gives up. */
const HOPELESS_BYTES = 16_777_216;
/** Times are in ms and jitter; a step of more than this is a pause. 60 ms. */
const PAUSE_SAMPLES = 60 * SAMPLES_PER_MS;
/** A step of more than this, an hour, is not a pause: the time is wrong. */
const MAX_PAUSE_SAMPLES = 172_800_000;
const NS_PER_SAMPLE = 1e6 / SAMPLES_PER_MS;

export class WebmReader {
  readonly #source: ByteSource;
  readonly #cursor: ByteCursor;
  readonly #walker: ElementWalker;
  readonly #onDamage: (damage: WebmDamage) => void;
  #info: WebmInfo | undefined;
  /** Time of the cluster, in ticks; unknown after damage, until the next cluster begins. */
  #clusterTime: number | undefined;
  /** The end of the packets so far, in samples of the file's time. */
  #end: number | undefined;
  #frames = 0;

  constructor(source: ByteSource, onDamage: (damage: WebmDamage) => void) {
    this.#source = source;
    this.#cursor = new ByteCursor(source);
    this.#walker = new ElementWalker(this.#cursor);
    this.#onDamage = onDamage;
  }

  /** Reads up to the first cluster. */
  async open(): Promise<WebmInfo> {
    let info: Partial<ReturnType<typeof readInfo>> = {};
    let tracks: WebmTrack[] | undefined;
    let tags = new Map<string, string>();
    for (;;) {
      const element = await this.#next();
      if (typeof element === 'string') {
        // Once the tracks are known, damage after them loses only what is damaged.
        if (this.#source.released || (element === 'damage' && tracks !== undefined)) break;
        return this.#fail(element === 'damage' ? 'its head is damaged: fetch or repair the file' : 'it is cut off inside its head');
      }
      if (element.id === Id.Cluster) break;
      if (element.id === Id.Info) info = readInfo(await this.#body(element));
      else if (element.id === Id.Tracks) tracks = readTracks(await this.#body(element));
      else if (element.id === Id.Tags && element.size <= MAX_ELEMENT_BYTES) tags = readTags(await this.#body(element));
      else await this.#pass(element);
    }
    if (info.title !== undefined && !tags.has('TITLE')) tags.set('TITLE', info.title);
    this.#info = { scale: info.scale ?? 1_000_000, duration: info.duration, tracks: tracks ?? [], tags };
    return this.#info;
  }

  /** The packets of the track, after `open()`. */
  async *parts(track: WebmTrack): AsyncGenerator<OpusPart, undefined> {
    yield { type: 'head', head: track.head! };
    for (;;) {
      // Nearly always everything is buffered, and a promise costs more than a packet.
      const element = this.#cursor.held >= MAX_HEADER_BYTES ? this.#walker.next() : await this.#next();
      if (this.#source.released) return undefined;
      if (element === 'damage') await this.#resync(track.number);
      else if (element === 'end') return undefined;
      else if (element === 'cut-off') return this.#cutOff();
      else if (isBlock(element)) {
        const body = this.#cursor.held >= element.size ? this.#take(element.size) : await this.#body(element);
        for (const part of this.#block(body, track.number, element.offset)) yield part;
      } else if (element.id === Id.Timestamp) this.#clusterTime = unsigned(await this.#body(element));
      else if (element.id === Id.DiscardPadding) {
        const samples = Math.round(signed(await this.#body(element)) / NS_PER_SAMPLE);
        if (samples > 0) yield { type: 'trim', samples };
      } else await this.#pass(element);
    }
  }

  *#block(body: Uint8Array, number: number, offset: number): Generator<OpusPart, void> {
    const block = readBlock(body);
    if (block === undefined) return this.#onDamage({ reason: 'invalid-packet', offset, bytes: body.length });
    if (block.track !== number) return;
    const pause = this.#pauseBefore(block.time);
    if (pause > 0) yield { type: 'pause', samples: pause };
    for (const packet of block.packets) {
      const samples = opusPacketSamples(packet);
      if (typeof samples === 'string') {
        this.#onDamage({ reason: 'invalid-packet', offset, bytes: packet.length });
        continue;
      }
      this.#end! += samples;
      this.#frames += 1;
      yield { type: 'packet', frame: packet.slice(), samples };
    }
  }

  /** Samples of silence before a block. */
  #pauseBefore(ticks: number): number {
    if (this.#clusterTime === undefined) {
      this.#end ??= 0;
      return 0;
    }
    const start = ((this.#clusterTime + ticks) * this.#info!.scale) / NS_PER_SAMPLE;
    const ahead = start - (this.#end ?? start);
    this.#end = start;
    return ahead >= PAUSE_SAMPLES && ahead <= MAX_PAUSE_SAMPLES ? Math.round(ahead) : 0;
  }

  /** Skips invalid bytes. */
  async #resync(track: number): Promise<void> {
    const cursor = this.#cursor;
    const { offset } = cursor;
    this.#walker.forgetCluster();
    this.#clusterTime = undefined;
    for (let from = 1; ; from = 0) {
      const more = await cursor.fill(RESYNC_BYTES);
      const found = findElement(cursor.bytes, track, from, !more);
      // Bytes too close to the end to be judged are examined again when more have been read.
      cursor.take(found ?? (more ? cursor.held - RESYNC_BYTES + 1 : cursor.held));
      if (found !== undefined || !more) break;
      if (cursor.offset - offset > HOPELESS_BYTES) this.#fail('it is damaged beyond reading: fetch or repair the file');
    }
    this.#onDamage({ reason: 'unreadable-bytes', offset, bytes: cursor.offset - offset });
  }

  /** Skips an element, or enters it. */
  async #pass(element: WalkedElement): Promise<void> {
    if (this.#walker.isContainer(element)) return;
    if (element.size > MAX_SKIP_BYTES) this.#fail(`it says that ${element.size} bytes of no audio follow: fetch or repair the file`);
    if (!(await this.#cursor.skip(element.size)) && !this.#source.released) this.#cutOff();
  }

  /** The body of an element: a view, valid until the next one is read. */
  async #body(element: WalkedElement): Promise<Uint8Array> {
    if (element.size > MAX_ELEMENT_BYTES) return this.#fail(`it holds an element of ${element.size} bytes where a few are expected`);
    if (!(await this.#cursor.fill(element.size))) return this.#source.released ? new Uint8Array(0) : this.#cutOff();
    return this.#take(element.size);
  }

  #take(length: number): Uint8Array {
    const body = this.#cursor.bytes.subarray(0, length);
    this.#cursor.take(length);
    return body;
  }

  async #next(): Promise<WalkedElement | WalkEnd> {
    await this.#cursor.fill(MAX_HEADER_BYTES);
    return this.#walker.next();
  }

  #cutOff(): never {
    return this.#fail(`it is cut off: fetch it again, or make it anew. All ${this.#frames} frames before are given`);
  }

  #fail(what: string): never {
    throw new MediaFormatError(`this WebM or Matroska file cannot be read on: ${what}`, this.#source.bytesRead);
  }
}

function isBlock({ id, size }: WalkedElement): boolean {
  return (id === Id.SimpleBlock || id === Id.Block) && size <= MAX_BLOCK_BYTES;
}
