/** Keeps account of every packet that a voice server hears, over any number of SSRCs: numbers, RTP clock, pace. */
import { asyncScheduler } from 'rxjs';
import { opusPacketSamples } from '../../src/protocol/opus-packet.js';
import type { VirtualPacket } from '../../src/testing/index.js';
import type { WallClock } from './wall-clock.js';

/** An Opus packet of 20 or 120 ms that says which one it is. RFC 6716 table 2: CELT in one frame, SILK in two of 60 ms. */
export function numberedFrame(index: number, duration: 20 | 120): Uint8Array {
  return Uint8Array.of(duration === 20 ? 0xfc : 0x19, index >>> 24, index >>> 16, index >>> 8, index);
}

/** One SSRC. */
interface Stream {
  readonly ssrc: number;
  /** When its first packet came. */
  readonly since: number;
  /** ms by which its RTP clock is to be ahead of the time that really went by since. */
  leapt: number;
  sequence: number;
  timestamp: number;
  samples: number;
}

export class PacketLedger {
  /** What was not as it should be. */
  readonly complaints: string[] = [];
  /** Frames so far, which is also the number of the next. */
  frames = 0;
  /** ms of audio. */
  audio = 0;
  /** ms that the last packet lasts. */
  duration = 0;
  silences = 0;
  /** SSRCs so far. */
  streams = 0;
  /** Jumps of the RTP clock within an SSRC. */
  jumps = 0;
  #stream: Stream | undefined;
  #last = -Infinity;

  readonly #clock: WallClock;
  /** By how much the wall clock was ahead at the last packet. */
  #ahead = 0;

  /** @param clock that of the session */
  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  packet({ ssrc, sequence, timestamp, marker, payload }: VirtualPacket): void {
    const now = asyncScheduler.now();
    const samples = opusPacketSamples(payload) as number;
    if (marker) this.#complain('the marker bit is set');
    if (payload.length === 3) this.silences += 1;
    else {
      const index = ((payload[1]! << 24) | (payload[2]! << 16) | (payload[3]! << 8) | payload[4]!) >>> 0;
      if (index !== this.frames) this.#complain(`frame ${index} where ${this.frames} was due`);
      this.frames = index + 1;
      this.audio += samples / 48;
    }
    if (now - this.#last < this.duration / 2) this.#complain(`${now - this.#last} ms after a frame of ${this.duration}`);
    this.#last = now;
    this.duration = samples / 48;

    const { ahead } = this.#clock;
    const step = ahead - this.#ahead;
    this.#ahead = ahead;
    const stream = this.#stream;
    if (stream?.ssrc !== ssrc) {
      this.streams += 1;
      if (sequence !== 0) this.#complain(`SSRC ${ssrc} began at ${sequence}`);
      this.#stream = { ssrc, since: now, leapt: 0, sequence, timestamp, samples };
      return;
    }
    const jump = (timestamp - stream.timestamp - stream.samples) | 0;
    if (jump > 0) this.jumps += 1;
    if (sequence !== ((stream.sequence + 1) & 0xffff)) this.#complain(`#${sequence} after #${stream.sequence}`);
    if (jump < 0) this.#complain(`the RTP clock went back by ${-jump}`);
    // Time that goes back is no time: RTP follows the wall clock forward alone. A step back of 100 ms at most is sat out.
    if (step >= -100) stream.leapt += step;
    // A packet is at most five usual frames late, and 1 ms early.
    const late = ((now - stream.since + stream.leapt) * 48 - timestamp) | 0;
    if (late < -48 || late > 100 * 48) this.#complain(`${late / 48} ms between the wall clock and RTP's`);
    stream.sequence = sequence;
    stream.timestamp = timestamp;
    stream.samples = samples;
  }

  #complain(text: string): void {
    this.complaints.push(`${asyncScheduler.now()} ${text}`);
  }
}
