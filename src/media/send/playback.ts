/** One play as the pump sees it: its source, its options, how far it has come, and who is told. */
import type { Subscriber } from 'rxjs';
import { InvalidFrameError } from '../../errors.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { FRAME_MS, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { PlayEvent, SpeakingFlags } from '../../types.js';
import { END, PENDING, type FrameQueue } from './frame-queue.js';
import { openQueue } from './open-queue.js';
import type { FrameInput, PlayOptions } from './play-options.js';
import type { SentPacket } from './sender.js';

export class Playback {
  readonly speaking: SpeakingFlags;
  readonly whenSuspended: 'hold' | 'skip';
  /** Whether a frame was sent already. */
  started = false;
  /** Samples of the frame that the last `next()` gave. */
  samples = FRAME_MS * SAMPLES_PER_MS;
  readonly #queue: FrameQueue;
  readonly #subscriber: Subscriber<PlayEvent>;
  #frames = 0;
  #position = 0;
  #starved = false;
  #suspended = false;

  constructor(
    input: FrameInput,
    options: Required<PlayOptions>,
    subscriber: Subscriber<PlayEvent>,
    onReadable: () => void,
  ) {
    this.speaking = options.speaking;
    this.whenSuspended = options.whenSuspended;
    this.#subscriber = subscriber;
    this.#queue = openQueue(input, { ...options, onReadable });
  }

  /** The next frame, checked; PENDING or END. Throws the source's failure, or an InvalidFrameError. */
  next(): Uint8Array | typeof PENDING | typeof END {
    const frame = this.#queue.read();
    if (frame === PENDING || frame === END) return frame;
    const samples = frame instanceof Uint8Array ? opusPacketSamples(frame) : notBytes(frame);
    if (typeof samples === 'string') throw new InvalidFrameError(this.#frames, samples);
    this.samples = samples;
    this.#frames += 1;
    return frame as Uint8Array;
  }

  /** Why nothing of the source is to be played any more; undefined where it goes on. */
  get overflow(): unknown {
    return this.#queue.overflow;
  }

  /** Stops reading and releases the source. */
  close(): void {
    this.#queue.close();
  }

  /** The first frame is about to be sent. */
  start(): void {
    this.started = true;
    this.#subscriber.next({ type: 'started' });
  }

  sent({ sequence, timestamp, bytes }: SentPacket): void {
    this.#starved = false;
    const position = this.#position;
    this.#position += this.samples / SAMPLES_PER_MS;
    this.#subscriber.next({ type: 'sent', sequence, timestamp, position, bytes });
  }

  /** A frame was read and thrown away: the source goes on, unheard. */
  skipped(): void {
    this.#position += this.samples / SAMPLES_PER_MS;
  }

  /** The source had no frame in time. Told once, until a frame is sent again. */
  starve(): void {
    if (this.#starved || !this.started) return;
    this.#starved = true;
    this.#subscriber.next({ type: 'starved' });
  }

  suspend(): void {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#subscriber.next({ type: 'suspended' });
  }

  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#subscriber.next({ type: 'resumed' });
  }

  finish(): void {
    this.#subscriber.next({ type: 'finished', frames: this.#frames });
    this.#subscriber.complete();
  }

  /** The session ended because somebody wanted it: so does the play, unfinished. */
  end(): void {
    this.#subscriber.complete();
  }

  fail(error: unknown): void {
    this.#subscriber.error(error);
  }
}

/** What a frame is that is no Uint8Array, with the likely cause. */
export function notBytes(frame: unknown): string {
  const what = frame === null ? 'null' : Array.isArray(frame) ? 'an array' : `of type ${typeof frame}`;
  return typeof frame === 'number'
    ? 'it is a number, not a Uint8Array (was one Uint8Array passed where a list of them is wanted?)'
    : `it is ${what}, not a Uint8Array`;
}
