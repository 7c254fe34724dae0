/** One play as the pump sees it: its source, options, position and subscriber. */
import type { Subscriber } from 'rxjs';
import { InvalidFrameError } from '../../errors.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { FRAME_MS, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { PlayEvent, SpeakingFlags } from '../../types.js';
import { END, PENDING, type FrameQueue } from '../../frames/frame-queue.js';
import { openQueue } from '../../frames/open-queue.js';
import { Heard } from './play-end.js';
import type { FrameInput, ResolvedPlayOptions } from './play-options.js';
import type { SentPacket } from './sender.js';

export class Playback {
  readonly speaking: SpeakingFlags;
  readonly whenSuspended: 'hold' | 'skip';
  /** Whether a frame has been sent. */
  started = false;
  /** Samples of the frame that the last `next()` returned. */
  samples = FRAME_MS * SAMPLES_PER_MS;
  readonly #queue: FrameQueue;
  readonly #subscriber: Subscriber<PlayEvent>;
  readonly #heard: Heard;
  #frames = 0;
  #position = 0;
  /** Why silence is sent in place of the source; undefined while the source plays. */
  #silent: 'starved' | 'paused' | undefined;
  #suspended = false;

  constructor(
    input: FrameInput,
    options: ResolvedPlayOptions,
    subscriber: Subscriber<PlayEvent>,
    onReadable: () => void,
    heard = new Heard(),
  ) {
    this.speaking = options.speaking;
    this.whenSuspended = options.whenSuspended;
    this.#subscriber = subscriber;
    this.#heard = heard;
    this.#queue = openQueue(input, { ...options, onReadable });
  }

  /** Returns the next frame, checked, or PENDING or END. Throws the source's error, or an InvalidFrameError. */
  next(): Uint8Array | typeof PENDING | typeof END {
    const frame = this.#queue.read();
    if (frame === PENDING || frame === END) return frame;
    const samples = frame instanceof Uint8Array ? opusPacketSamples(frame) : notBytes(frame);
    if (typeof samples === 'string') throw new InvalidFrameError(this.#frames, samples);
    this.samples = samples;
    this.#frames += 1;
    return frame as Uint8Array;
  }

  /** The error with which the play must end, because the queue has overflowed; undefined while it can go on. */
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
    this.#silent = undefined;
    this.#heard.sent(this.samples);
    const position = this.#position;
    this.#position += this.samples / SAMPLES_PER_MS;
    this.#subscriber.next({ type: 'sent', sequence, timestamp, position, bytes });
  }

  /** A frame was read and discarded: the source goes on unheard. */
  skipped(): void {
    this.#position += this.samples / SAMPLES_PER_MS;
  }

  /** The source had no frame in time, or is paused. Emitted once, until a frame is sent again. */
  starve(): void {
    const why = this.#queue.paused === true ? 'paused' : 'starved';
    if (this.#silent === why || !this.started) return;
    this.#silent = why;
    this.#subscriber.next({ type: why });
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
    this.#heard.end('finished');
    this.#subscriber.next({ type: 'finished', frames: this.#frames, heard: this.#heard.ms });
    this.#subscriber.complete();
  }

  /** The session ended, and with it the unfinished play: it completes if the end was wanted, otherwise it errors. */
  end(error?: unknown): void {
    this.#heard.end('session-ended');
    if (error === undefined) this.#subscriber.complete();
    else this.#subscriber.error(error);
  }

  fail(error: unknown): void {
    this.#heard.end('failed');
    this.#subscriber.error(error);
  }
}

/** Describes a frame that is not a Uint8Array, with the likely cause. */
export function notBytes(frame: unknown): string {
  const what = frame === null ? 'null' : Array.isArray(frame) ? 'an array' : `of type ${typeof frame}`;
  return typeof frame === 'number'
    ? 'it is a number, not a Uint8Array (was one Uint8Array passed where a list of them is wanted?)'
    : `it is ${what}, not a Uint8Array`;
}
