/**
 * The 20 ms path of one session. A tick is, in this order:
 *
 * 1. the pacer says whether the stream goes on or has jumped; a jump moves the RTP timestamp
 * 2. a frame is read: from the play, or of silence if the source starves or has ended
 * 3. before the first frame of a spurt, opcode 5 says that we speak
 * 4. the frame is encrypted, sealed and sent, all synchronously
 * 5. after five frames of silence, opcode 5 says that we do not speak, and the seat on the clock is given back
 *
 * The silence after the last frame is the pump's duty and not the play's: a teardown cannot take 100 ms. A play that begins
 * within it simply goes on in its place, without a gap.
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
  /** The play that has no frame and will say when it has: it needs no seat. */
  #waiting: Playback | undefined;
  /** Frames of silence still owed. */
  #silence = 0;
  /** What opcode 5 last said on this link. */
  #speaking: SpeakingFlags = SpeakingFlags.None;
  /** Samples that went by while there was no link: the RTP timestamp moves over them when there is one again. */
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

  /** Audio can flow, to here. A play that was held goes on. */
  attach(link: MediaLink): void {
    this.#link = link;
    link.skip(this.#unheard);
    this.#unheard = 0;
    // Said even before there is anything to send: a voice server forwards nothing to who never sent opcode 5.
    this.#speaking = SpeakingFlags.None;
    link.speaking(SpeakingFlags.None);
    const playback = this.#playback;
    if (playback === undefined) return;
    playback.resume();
    this.#sit();
  }

  /** Audio cannot flow. A play is held, or skipped, as it wants. Where the link still can, it says that we do not speak. */
  detach(): void {
    if (this.#link === undefined) return;
    this.#speak(this.#link, SpeakingFlags.None);
    this.#link = undefined;
    this.#silence = 0;
    const playback = this.#playback;
    if (playback?.whenSuspended !== 'skip') this.#rise();
    playback?.suspend();
  }

  /** The WebSocket was resumed: the server may not know any more that we speak. */
  announce(): void {
    this.#link?.speaking(this.#speaking);
  }

  /** Installs a play. The caller has seen to it that there is none. */
  start(playback: Playback): void {
    this.#playback = playback;
    if (this.#link === undefined) playback.suspend();
    this.#goOn();
  }

  /** Takes a play out; does nothing if it is not, or no more, the one that plays. */
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

  /** Has the play read, or, where nothing is read for now, told at once what it need not wait for. */
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
    // What ends may bring the next one in (a playlist by concatMap), which then goes on within this very tick. Once: a play
    // repeated without end over an empty source must not hang the process.
    const next = this.#playback;
    if (next !== undefined && next !== before && this.#step(next, now)) return;
    this.#fallSilent(now);
  }

  /** Sends the next frame of a play. False when it had none. */
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
    // Silence is owed anew after each frame: to a source that starves as to one that ends.
    this.#silence = SILENCE_FRAMES;
    this.#speak(link, playback.speaking);
    if (!playback.started) playback.start();
    // The listener of `started` may have unsubscribed.
    if (this.#playback !== playback || this.#link !== link) return true;
    let packet;
    try {
      packet = link.send(frame, playback.samples);
    } catch (error) {
      // An end-to-end cipher that throws costs this play, and not the clock that all sessions share.
      this.#fail(playback, error);
      return true;
    }
    playback.sent(packet);
    return true;
  }

  /** A tick without a frame: silence while it is owed, then nothing. */
  #fallSilent(now: number): void {
    const link = this.#link;
    // A play that has come within this tick, or has a frame again since it was asked, is read at the next one.
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
      // What cannot be sent has ended a play by its error before. Silence that cannot be sent is silent.
    }
    if (this.#silence > 0) return;
    this.#speak(link, SpeakingFlags.None);
    if (!wanted) this.#rise();
  }

  /** Whether a play is to be read: always while there is a link, and without one if it wants to be skipped. */
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

  /** Takes a seat on the clock, if it has none. */
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
