/** The statistics of one sender's packets. */
import type { FrameRefusal } from '../frame-cipher.js';
import { JitterEstimate } from './jitter-estimate.js';
import type { ReceptionStats, RefusedStats } from './receive-stats.js';
import { SequenceRun } from './sequence-run.js';

type Counts = { -readonly [K in keyof RefusedStats]: number };

export class ReceptionBook {
  packets = 0;
  bytes = 0;
  #plain = 0;
  /** Packets that arrived again; they are only counted here. */
  duplicates = 0;
  #reordered = 0;
  #ssrc: number | undefined;
  readonly #refused: Counts = { noKey: 0, undecryptable: 0, unencrypted: 0, unknownUser: 0, expired: 0 };
  readonly #run = new SequenceRun();
  readonly #jitter = new JitterEstimate();

  /** An authentic packet arrived at `arrival` (ms), whatever happens to it later. */
  arrived(ssrc: number, sequence: number, timestamp: number, arrival: number): void {
    if (ssrc !== this.#ssrc) {
      this.interrupt();
      this.#ssrc = ssrc;
    }
    const turn = this.#run.arrive(sequence);
    if (turn === 'duplicate') return;
    if (turn === 'reordered') this.#reordered += 1;
    this.#jitter.arrive(timestamp, arrival);
  }

  /** A packet with so many bytes of Opus was given to listeners. `plain`: it was unencrypted in an encrypted call. */
  heard(bytes: number, plain = false): void {
    this.packets += 1;
    if (plain) this.#plain += 1;
    this.bytes += bytes;
  }

  refused(reason: FrameRefusal | 'expired'): void {
    this.#refused[reason] += 1;
  }

  /** Packets pass unexamined: the gap that they leave is not counted as loss. */
  interrupt(): void {
    this.#run.interrupt();
    this.#jitter.interrupt();
  }

  /** @param bitrate over the interval that ends now; null if there is none */
  stats(bitrate: number | null): ReceptionStats {
    return {
      packets: this.packets,
      bytes: this.bytes,
      lost: this.#run.lost,
      duplicates: this.duplicates,
      reordered: this.#reordered,
      refused: { ...this.#refused },
      plain: this.#plain,
      jitter: this.#jitter.ms,
      bitrate,
    };
  }
}
