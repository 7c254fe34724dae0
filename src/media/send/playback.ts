/** One play as the pump sees it: its source, its options, how far it has come, and who is told. */
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
  /** Whether a frame was sent already. */
  started = false;
  /** Samples of the frame that the last `next()` gave. */
  samples = FRAME_MS * SAMPLES_PER_MS;
  readonly #queue: FrameQueue;
  readonly #subscriber: Subscriber<PlayEvent>;
  readonly #heard: Heard;
  #frames = 0;
  #position = 0;
  /** Why there is silence in its place; undefined while there is none. */
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
    this.#silent = undefined;
    this.#heard.sent(this.samples);
    const position = this.#position;
    this.#position += this.samples / SAMPLES_PER_MS;
    this.#subscriber.next({ type: 'sent', sequence, timestamp, position, bytes });
  }

  /** A frame was read and thrown away: the source goes on, unheard. */
  skipped(): void {
    this.#position += this.samples / SAMPLES_PER_MS;
  }

  /** The source had no frame in time, or was not to have one. Told once, until a frame is sent again. */
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

  /** The session ended, and so does the play, unfinished: it completes where somebody wanted that, and else errors. */
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

/** What a frame is that is no Uint8Array, with the likely cause. */
export function notBytes(frame: unknown): string {
  const what = frame === null ? 'null' : Array.isArray(frame) ? 'an array' : `of type ${typeof frame}`;
  return typeof frame === 'number'
    ? 'it is a number, not a Uint8Array (was one Uint8Array passed where a list of them is wanted?)'
    : `it is ${what}, not a Uint8Array`;
}
