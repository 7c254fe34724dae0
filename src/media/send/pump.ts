/**
 * The 20 ms path of one session. A tick is, in this order:
 *
 * 1. the pacer says whether the stream goes on or has jumped; a jump moves the RTP timestamp
 * 2. a frame is read from the play; if the source starves or has ended, it is a frame of silence
 * 3. before the first frame of a talk spurt, opcode 5 says that we speak
 * 4. the frame is encrypted, sealed and sent, all synchronously
 * 5. after five frames of silence, opcode 5 says that we do not speak, and the seat on the clock is given back
 *
 * The pump, not the play, sends the silence after the last frame, because a teardown cannot take 100 ms. A play that begins
 * during that silence replaces it, without a gap.
 */
import { Subscription } from 'rxjs';
import { FRAME_MS, SAMPLES_PER_FRAME, SAMPLES_PER_MS, SILENCE_FRAME, SILENCE_FRAMES } from '../../protocol/silence.js';
import { SpeakingFlags } from '../../types.js';
import type { Seat, Seating } from './clock.js';
import { END, PENDING } from '../../frames/frame-queue.js';
import type { MediaLink } from './link.js';
import { Pacer } from './pacer.js';
import type { Playback } from './playback.js';

export class Pump implements Seat {
  readonly #clock: Seating;
  readonly #pacer = new Pacer();
  #seat = Subscription.EMPTY;
  #link: MediaLink | undefined;
  #playback: Playback | undefined;
  /** The play that has no frame and will call `wake` when it has one; until then it needs no seat. */
  #waiting: Playback | undefined;
  /** Frames of silence still to be sent. */
  #silence = 0;
  /** What opcode 5 last said on this link. */
  #speaking: SpeakingFlags = SpeakingFlags.None;
  /** Samples that passed without a link: the RTP timestamp moves over them when there is a link again. */
  #unheard = 0;

  constructor(clock: Seating) {
    this.#clock = clock;
  }

  get playing(): boolean {
    return this.#playback !== undefined;
  }

  get due(): number {
    return this.#pacer.due;
  }

  shift(ms: number): void {
    this.#pacer.shift(ms);
  }

  /** Audio can be sent, over this link. A held play continues. */
  attach(link: MediaLink): void {
    this.#link = link;
    link.skip(this.#unheard);
    this.#unheard = 0;
    // Sent even if there is no audio yet: a voice server forwards nothing to a client that never sent opcode 5.
    this.#speaking = SpeakingFlags.None;
    link.speaking(SpeakingFlags.None);
    const playback = this.#playback;
    if (playback === undefined) return;
    playback.resume();
    this.#sit();
  }

  /** Audio cannot be sent. The play is held or skipped, as its options say. If the link still works, it says that we do not speak. */
  detach(): void {
    if (this.#link === undefined) return;
    this.#speak(this.#link, SpeakingFlags.None);
    this.#link = undefined;
    this.#silence = 0;
    const playback = this.#playback;
    if (playback?.whenSuspended !== 'skip') this.#rise();
    playback?.suspend();
  }

  /** The WebSocket was resumed: repeats opcode 5, because the server may have forgotten that we speak. */
  announce(): void {
    this.#link?.speaking(this.#speaking);
  }

  /** Installs a play. The caller has checked that there is none. */
  start(playback: Playback): void {
    this.#playback = playback;
    if (this.#link === undefined) playback.suspend();
    this.#goOn();
  }

  /** Removes a play; does nothing if it is not the current one. */
  stop(playback: Playback): void {
    if (this.#playback !== playback) return;
    this.#playback = undefined;
    playback.close();
    if (this.#silence > 0) this.#sit();
  }

  /** The starved source has a frame again. */
  readonly wake = (): void => {
    this.#waiting = undefined;
    this.#goOn();
  };

  /** Starts to read the play. If it is held and its queue has overflowed, it fails at once. */
  #goOn(): void {
    const playback = this.#playback;
    if (playback === undefined) return;
    if (this.#flows(playback)) this.#sit();
    else if (playback.overflow !== undefined) this.#fail(playback, playback.overflow);
  }

  #fail(playback: Playback, error: unknown): void {
    this.stop(playback);
    playback.fail(error);
  }

  /** Ends the play, if any: with an error, or by completion. */
  end(error: unknown): void {
    const playback = this.#playback;
    this.#playback = undefined;
    this.#link = undefined;
    this.#rise();
    if (playback === undefined) return;
    playback.close();
    playback.end(error);
  }

  tick(now: number): void {
    const gap = this.#pacer.arrive(now);
    if (gap > 0) this.#skip(Math.round(gap * SAMPLES_PER_MS));
    const before = this.#playback;
    if (before !== undefined && this.#step(before, now)) return;
    // The end of a play may start the next one (concatMap over a playlist), which then continues in this same tick. Only once:
    // endless repetition of an empty source must not hang the process.
    const next = this.#playback;
    if (next !== undefined && next !== before && this.#step(next, now)) return;
    this.#fallSilent(now);
  }

  /** Sends the next frame of a play. Returns false if it had none. */
  #step(playback: Playback, now: number): boolean {
    if (!this.#flows(playback)) return false;
    let frame;
    try {
      frame = playback.next();
    } catch (error) {
      this.#fail(playback, error);
      return false;
    }
    if (frame === PENDING) {
      this.#waiting = playback;
      playback.starve();
      return false;
    }
    if (frame === END) {
      this.stop(playback);
      playback.finish();
      return false;
    }
    this.#pacer.advance(now, playback.samples / SAMPLES_PER_MS);
    const link = this.#link;
    if (link === undefined) {
      this.#skip(playback.samples);
      playback.skipped();
      return true;
    }
    // Each frame must be followed by silence if the source then starves or ends.
    this.#silence = SILENCE_FRAMES;
    this.#speak(link, playback.speaking);
    if (!playback.started) playback.start();
    // The listener of `started` may have unsubscribed.
    if (this.#playback !== playback || this.#link !== link) return true;
    let packet;
    try {
      packet = link.send(frame, playback.samples);
    } catch (error) {
      // If the end-to-end cipher throws, only this play ends; the clock that all sessions share is not affected.
      this.#fail(playback, error);
      return true;
    }
    playback.sent(packet);
    return true;
  }

  /** A tick without a frame: sends the remaining frames of silence, then nothing. */
  #fallSilent(now: number): void {
    const link = this.#link;
    // A play that began in this tick, or got a frame after it was read, is read at the next tick.
    const playback = this.#playback;
    const wanted = playback !== undefined && playback !== this.#waiting && this.#flows(playback);
    if (link === undefined || this.#silence === 0) {
      if (!wanted) {
        this.#rise();
        return;
      }
      this.#pacer.advance(now, FRAME_MS);
      this.#skip(SAMPLES_PER_FRAME);
      return;
    }
    this.#pacer.advance(now, FRAME_MS);
    this.#silence -= 1;
    try {
      link.send(SILENCE_FRAME, SAMPLES_PER_FRAME);
    } catch {
      // A cipher that throws has already ended the play with its error. Without the silence frame it is silent anyway.
    }
    if (this.#silence > 0) return;
    this.#speak(link, SpeakingFlags.None);
    if (!wanted) this.#rise();
  }

  /** Whether a play is read: always with a link, and without one if its option is `skip`. */
  #flows(playback: Playback): boolean {
    return this.#link !== undefined || playback.whenSuspended === 'skip';
  }

  #skip(samples: number): void {
    if (this.#link === undefined) this.#unheard += samples;
    else this.#link.skip(samples);
  }

  #speak(link: MediaLink, flags: SpeakingFlags): void {
    if (this.#speaking === flags) return;
    this.#speaking = flags;
    link.speaking(flags);
  }

  /** Takes a seat on the clock if it does not have one. */
  #sit(): void {
    if (this.#clock.serves(this)) return;
    this.#pacer.start(this.#clock.nextStart());
    this.#seat = this.#clock.take(this);
  }

  /** Gives the seat back. */
  #rise(): void {
    this.#seat.unsubscribe();
    this.#seat = Subscription.EMPTY;
  }
}
