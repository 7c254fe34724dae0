/** Measures levels. */
import type { Observer } from 'rxjs';
import { guarded } from '../../../edge.js';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { liftPcm } from '../lift.js';
import type { PcmOperator, PcmPiece, PieceStep } from '../piece.js';
import { PcmReader } from '../numbers.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { decibels } from './decibels.js';

/** A level in dBFS: 0 is full scale, -Infinity is silence. A full-scale sine has a peak of 0 and an RMS of -3.01. */
export interface PcmLevel {
  /** Root mean square. */
  readonly rms: number;
  readonly peak: number;
}

/** The level of 20 ms of sound: of both sides together, and of each. */
export interface StereoLevel extends PcmLevel {
  /** When it begins, in ms from the beginning of the stream. */
  readonly at: number;
  readonly left: PcmLevel;
  readonly right: PcmLevel;
}

/** Collects 20 ms of sound. */
class LevelMeter {
  #at = 0;
  #count = 0;
  /** Sums for left and right. */
  readonly #power = [0, 0];
  readonly #peak = [0, 0];

  *add(samples: Float32Array): Generator<StereoLevel, void> {
    for (let i = 0; i < samples.length; i += CHANNELS) {
      for (let side = 0; side < CHANNELS; side++) {
        const sample = samples[i + side]!;
        this.#power[side]! += sample * sample;
        if (Math.abs(sample) > this.#peak[side]!) this.#peak[side] = Math.abs(sample);
      }
      if (++this.#count === SAMPLES_PER_FRAME) yield this.#take();
    }
  }

  *rest(): Generator<StereoLevel, void> {
    if (this.#count > 0) yield this.#take();
  }

  #take(): StereoLevel {
    const [left, right] = [0, 1].map((side) => levelOf(this.#power[side]! / this.#count, this.#peak[side]!));
    const power = (this.#power[0]! + this.#power[1]!) / (CHANNELS * this.#count);
    const level = { at: this.#at / SAMPLES_PER_MS, ...levelOf(power, Math.max(...this.#peak)), left: left!, right: right! };
    this.#at += this.#count;
    this.#count = 0;
    this.#power.fill(0);
    this.#peak.fill(0);
    return level;
  }
}

const levelOf = (power: number, peak: number): PcmLevel => ({ rms: decibels(power) / 2, peak: decibels(peak) });

/**
 * The level of every 20 ms, for a meter, or to see whether somebody speaks. The last level may be of a shorter rest.
 *
 * ```
 * pcm      a---b---c---|
 * levels   l---l---l---|
 * ```
 */
export function levels(): PcmOperator<StereoLevel> {
  return liftPcm(() => new LevelsStep());
}

class LevelsStep implements PieceStep<StereoLevel> {
  readonly over = false;
  readonly #reader = new PcmReader();
  readonly #meter = new LevelMeter();

  push(piece: PcmPiece): Iterable<StereoLevel> {
    return this.#meter.add(this.#reader.read(piece));
  }

  flush(): Iterable<StereoLevel> {
    return this.#meter.rest();
  }

  free(): void {}
}

/**
 * Passes the sound unchanged, and reports the level of every 20 ms on the way: for use in a chain, before `encodeOpus()`. Errors that the
 * observer throws are reported, and have no other effect.
 *
 * ```ts
 * const level$ = new Subject<StereoLevel>();
 * session.play(encodeOpus()(chain(volume(0.5), meter(level$))(pcm('song.mp3'))));
 * ```
 */
export function meter(observer: Pick<Observer<StereoLevel>, 'next'>): PcmFilter {
  const tell = (level: StereoLevel): void => guarded(() => observer.next(level));
  return pcmFilter(() => {
    const gathered = new LevelMeter();
    return {
      step: (samples) => {
        for (const level of gathered.add(samples)) tell(level);
        return samples;
      },
      flush: () => {
        for (const level of gathered.rest()) tell(level);
        return new Float32Array(0);
      },
    };
  });
}
