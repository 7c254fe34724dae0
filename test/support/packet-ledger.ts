/** Checks every packet that a voice server receives, over any number of SSRCs: sequence numbers, RTP clock, pace. */
import { asyncScheduler } from 'rxjs';
import { opusPacketSamples } from '../../src/protocol/opus-packet.js';
import type { VirtualPacket } from '../../src/testing/index.js';
import type { WallClock } from './wall-clock.js';

/** An Opus packet of 20 or 120 ms that contains its index. RFC 6716 table 2: CELT in one frame, SILK in two of 60 ms. */
export function numberedFrame(index: number, duration: 20 | 120): Uint8Array {
  return Uint8Array.of(duration === 20 ? 0xfc : 0x19, index >>> 24, index >>> 16, index >>> 8, index);
}

/** One SSRC. */
interface Stream {
  readonly ssrc: number;
  /** When its first packet arrived. */
  readonly since: number;
  /** ms by which its RTP clock should be ahead of the real time elapsed since then. */
  leapt: number;
  sequence: number;
  timestamp: number;
  samples: number;
}

export class PacketLedger {
  /** Descriptions of what was wrong. */
  readonly complaints: string[] = [];
  /** Frames so far, and so the number of the next one. */
  frames = 0;
  /** ms of audio. */
  audio = 0;
  /** Duration of the last packet in ms. */
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

  /** @param clock the clock of the session */
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
    // RTP follows the wall clock only forward. A backward step of at most 100 ms is waited out.
    if (step >= -100) stream.leapt += step;
    // A packet may be at most five 20 ms frames late, and 1 ms early.
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
