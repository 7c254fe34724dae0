/** A stage for desks: sounds to play, a loop as the clock, and a decoder as the listener. */
import { createOpusDecoder, createOpusEncoder, type Desk, type DeskFact } from '../../../../src/audio/index.js';
import { DEFAULT_READ_OPTIONS } from '../../../../src/frames/frame-input.js';
import { END, PENDING } from '../../../../src/frames/frame-queue.js';
import { openQueue } from '../../../../src/frames/open-queue.js';
import type { OpusFrame } from '../../../../src/types.js';

export const FRAME = 960;

/** A tone as 48 kHz stereo PCM, the right channel a little quieter. */
export function tone(hertz: number, samples: number, amplitude = 0.25, from = 0): Int16Array {
  const pcm = new Int16Array(2 * samples);
  for (let i = 0; i < samples; i++) {
    const value = amplitude * Math.sin((2 * Math.PI * hertz * (from + i)) / 48_000);
    pcm[2 * i] = Math.round(value * 32_767);
    pcm[2 * i + 1] = Math.round(0.8 * value * 32_767);
  }
  return pcm;
}

/** The same value for all samples. */
export function level(value: number, samples: number): Int16Array {
  return new Int16Array(2 * samples).fill(Math.round(value * 32_768));
}

/** PCM in pieces of so many samples, with a new iterator each time. */
export function pieces(pcm: Int16Array, samples = FRAME): Int16Array[] {
  return Array.from({ length: Math.ceil(pcm.length / (2 * samples)) }, (_, i) => pcm.slice(2 * samples * i, 2 * samples * (i + 1)));
}

/** The Opus packets of PCM, as in a file. */
export function packets(pcm: Int16Array, bitrate = 96_000): OpusFrame[] {
  const encoder = createOpusEncoder({ bitrate });
  const result = pieces(pcm)
    .filter(({ length }) => length === 2 * FRAME)
    .map((block) => encoder.encode(block));
  encoder.free();
  return result;
}

/** What a listener hears after decoding the frames. */
export function heard(frames: readonly OpusFrame[]): Int16Array {
  const decoder = createOpusDecoder();
  const blocks = frames.map((frame) => decoder.decode(frame));
  decoder.free();
  const pcm = new Int16Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    pcm.set(block, at);
    at += block.length;
  }
  return pcm;
}

/** Lets everything arrive that needs no time: what is read ahead. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The frame that was pulled, or `rest` if there was none. */
export type Pulled = OpusFrame | 'rest';

/** Plays a desk without a session: pulls as the clock does, each time after all pending input has arrived. */
export class Listener {
  readonly facts: DeskFact[] = [];
  readonly frames: OpusFrame[] = [];
  readonly #queue;
  woken = 0;
  completed = false;
  done = false;

  constructor(desk: Desk) {
    desk.facts$.subscribe({ next: (fact) => this.facts.push(fact), complete: () => (this.completed = true) });
    this.#queue = openQueue(desk, { ...DEFAULT_READ_OPTIONS, onReadable: () => (this.woken += 1) });
  }

  /** So many frames, including rests; fewer at the end. */
  async pull(count = 1): Promise<Pulled[]> {
    const pulled: Pulled[] = [];
    for (let i = 0; i < count && !this.done; i++) {
      await settled();
      const one = this.pullNow();
      if (one !== undefined) pulled.push(one);
    }
    return pulled;
  }

  /** The next frame, from what has arrived. */
  pullNow(): Pulled | undefined {
    const item = this.#queue.read();
    if (item === PENDING) return 'rest';
    if (item === END) {
      this.done = true;
      return undefined;
    }
    this.frames.push(item as OpusFrame);
    return item as OpusFrame;
  }

  /** Frames up to the first rest, or the end. */
  async toRest(most = 3_000): Promise<OpusFrame[]> {
    await this.pull();
    const frames: OpusFrame[] = [];
    for (let i = 0; i < most; i++) {
      const [one] = await this.pull();
      if (one === undefined || one === 'rest') return frames;
      frames.push(one);
    }
    throw new Error(`no rest within ${most} frames`);
  }

  leave(): void {
    this.#queue.close();
  }

  /** Facts in short form: `started song 0`. */
  told(...types: readonly DeskFact['type'][]): string[] {
    return this.facts
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map((fact) => {
        const { type } = fact;
        if (type === 'ignored') return `ignored ${fact.command.type}`;
        const place = 'position' in fact ? ` ${fact.position}/${fact.heard}` : '';
        const reason = type === 'ended' ? ` ${fact.reason}` : '';
        return `${fact.at} ${type} ${fact.id ?? '-'}${place}${reason}`;
      });
  }
}

