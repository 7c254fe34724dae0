/** Puts the packets of one SSRC in order, and reports what is missing. */
import { uint16Add } from '../../protocol/wrap.js';
import type { VoicePacket } from '../../types.js';
import { checkJitterBuffer, type JitterBufferOptions, type JitterCounts } from './options.js';
import { JitterDelay } from './delay.js';
import type { JitterEvent } from './event.js';
import { lostBetween } from './gap.js';
import { MonotonicTime } from '../timing/monotonic-time.js';

interface Held {
  readonly packet: VoicePacket;
  readonly place: number;
  /** Monotonic time, in ms. */
  readonly since: number;
}

/** Places on either side of the next one that belong to the same run of the sequence: 10 s of packets. Further away, the sender has restarted. */
const REACH = 500;
/** So many copies of old packets in a row, with nothing new between them, mean that the sender has restarted within REACH. */
const COPIES_IN_A_ROW = 10;
/** How many emitted places are remembered: a power of two, not less than REACH. */
const MEMORY = 512;
const NOTHING: readonly JitterEvent[] = [];

/**
 * An adaptive jitter buffer as a pure step: packets and the time in, events in sequence order out. It has no timer: `due`
 * says when `advance` should be called.
 *
 * ```
 * push      1  2     4  3  5     7  8        7 behind a gap
 * events    1  2        34 5        ....x78  6 is given up
 *                                |-----|     the delay, see JitterDelay
 * ```
 * Packets in order pass at once; only packets behind a gap are held, and never longer than `maxDelay`. The first packet of a
 * stream may itself have overtaken another, so it waits for `minDelay` unless its marker bit says that it is the first.
 *
 * A sequence number more than 500 places away is not a loss: the sender has restarted. A single such packet may be a stray, so it waits
 * until a second one confirms it, or until nothing of the old run has come for the delay; then places are counted from there. A sender that
 * restarts within those 500 looks like copies of old packets: after ten of them in a row, it is taken for a restart.
 */
export class JitterBuffer {
  /** What happened to the packets so far. */
  readonly counts: Readonly<JitterCounts>;
  readonly #counts: JitterCounts = { pushed: 0, frames: 0, lost: 0, late: 0, duplicates: 0, stale: 0, restarts: 0 };
  readonly #delay: JitterDelay;
  readonly #onDrop: JitterBufferOptions['onDrop'];
  readonly #clock = new MonotonicTime();
  /** By place, which is the unwrapped sequence number. A Map keeps the order of insertion, so its first entry has been held longest. */
  readonly #held = new Map<number, Held>();
  /** 1 for a place reported as lost, by place modulo MEMORY. Every emitted place overwrites an old one, so no pruning is needed. */
  readonly #missed = new Uint8Array(MEMORY);
  /** The next place to emit; before the start, the place of the packet that came first. */
  #next = 0;
  #first = 0;
  #started = false;
  #last: VoicePacket | undefined;
  #stray: Held | undefined;
  #copies = 0;
  #copied = 0;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: JitterBufferOptions = {}) {
    checkJitterBuffer('', options);
    this.#delay = new JitterDelay(options);
    this.#onDrop = options.onDrop;
    this.counts = this.#counts;
  }

  /** How long a missing packet is waited for now; ms. */
  get delay(): number {
    return this.#delay.ms;
  }

  /** Number of packets that are held. */
  get held(): number {
    return this.#held.size + (this.#stray === undefined ? 0 : 1);
  }

  /** When `advance` has events, in ms of the clock of `now`, if no packet comes before; undefined for never. */
  get due(): number | undefined {
    const oldest = this.#oldest();
    const ofHeld = oldest === undefined ? Number.POSITIVE_INFINITY : oldest.since + this.#wait;
    const ofStray = this.#stray === undefined ? Number.POSITIVE_INFINITY : this.#stray.since + this.#delay.ms;
    const due = Math.min(ofHeld, ofStray);
    return due === Number.POSITIVE_INFINITY ? undefined : this.#clock.toClock(due);
  }

  /**
   * Takes a packet at `now` (ms). The packet takes its place before anything is given up, however late the caller is.
   *
   * @param more whether further packets have arrived and come next, as after a blocked process: then nothing is given up yet. Default false
   */
  push(packet: VoicePacket, now: number, more = false): readonly JitterEvent[] {
    const time = this.#clock.read(now);
    this.#counts.pushed += 1;
    if (this.#started && this.held === 0 && packet.sequence === (this.#next & 0xffff)) {
      this.#delay.measure(packet);
      this.#copies = 0;
      return [this.#frame(packet)];
    }
    const events: JitterEvent[] = [];
    this.#place(packet, time, events);
    this.#release(more ? Number.NEGATIVE_INFINITY : time, events);
    return events;
  }

  /** Returns the events that are due at `now` (ms). */
  advance(now: number): readonly JitterEvent[] {
    const time = this.#clock.read(now);
    if (this.held === 0) return NOTHING;
    const events: JitterEvent[] = [];
    this.#release(time, events);
    return events;
  }

  /** Returns everything that is held, without further waiting. */
  flush(): readonly JitterEvent[] {
    const events: JitterEvent[] = [];
    this.#release(Number.POSITIVE_INFINITY, events);
    return events;
  }

  get #wait(): number {
    return this.#started ? this.#delay.ms : this.#delay.min;
  }

  #oldest(): Held | undefined {
    if (this.#held.size === 0) return undefined;
    for (const held of this.#held.values()) return held;
    return undefined;
  }

  #place(packet: VoicePacket, time: number, events: JitterEvent[]): void {
    if (!this.#started && this.#held.size === 0) {
      this.#begin(packet, time);
      return;
    }
    const away = distance(this.#next & 0xffff, packet.sequence);
    if (Math.abs(away) > REACH) {
      this.#wander(packet, time, events);
      return;
    }
    // The old run goes on, so the stray packet was not a restart.
    this.#dropStray();
    const place = this.#next + away;
    if (this.#started && away < 0) this.#tooLate(packet, place, events);
    else if (this.#held.has(place)) this.#drop(packet, 'duplicate');
    else this.#hold(packet, place, time);
  }

  #begin(packet: VoicePacket, time: number): void {
    this.#next = packet.sequence;
    this.#started = packet.marker;
    this.#first = this.#next;
    this.#hold(packet, this.#next, time);
  }

  #hold(packet: VoicePacket, place: number, since: number): void {
    this.#delay.measure(packet);
    this.#copies = 0;
    this.#held.set(place, { packet, place, since });
  }

  #tooLate(packet: VoicePacket, place: number, events: JitterEvent[]): void {
    if (this.#missed[place & (MEMORY - 1)] === 1) {
      this.#missed[place & (MEMORY - 1)] = 0;
      this.#delay.measure(packet);
      this.#counts.late += 1;
      events.push({ type: 'late', packet });
      return;
    }
    this.#drop(packet, place < this.#first ? 'stale' : 'duplicate');
    this.#copies = packet.sequence === this.#copied ? this.#copies + 1 : 1;
    this.#copied = uint16Add(packet.sequence, 1);
    if (this.#copies >= COPIES_IN_A_ROW) this.#endRun(events);
  }

  #wander(packet: VoicePacket, time: number, events: JitterEvent[]): void {
    const stray = this.#stray;
    const away = stray === undefined ? REACH + 1 : distance(stray.packet.sequence, packet.sequence);
    if (stray !== undefined && away === 0) this.#drop(packet, 'duplicate');
    else if (stray !== undefined && Math.abs(away) <= REACH) {
      this.#restart(stray, events);
      this.#place(packet, time, events);
    } else {
      this.#dropStray();
      this.#stray = { packet, place: 0, since: time };
    }
  }

  #restart(stray: Held, events: JitterEvent[]): void {
    this.#stray = undefined;
    this.#endRun(events);
    this.#begin(stray.packet, stray.since);
  }

  /** Ends the run: the next packet begins a new one. */
  #endRun(events: JitterEvent[]): void {
    this.#release(Number.POSITIVE_INFINITY, events);
    this.#missed.fill(0);
    this.#started = false;
    this.#copies = 0;
    this.#counts.restarts += 1;
  }

  /** Emits what may be emitted: the next place, and what has waited long enough. */
  #release(time: number, events: JitterEvent[]): void {
    for (;;) {
      if (this.#started) this.#tellNext(events);
      const oldest = this.#oldest();
      if (oldest === undefined || oldest.since + this.#wait > time) break;
      this.#start();
      this.#tellUpTo(oldest.place, events);
    }
    const stray = this.#stray;
    if (stray === undefined || stray.since + this.#delay.ms > time) return;
    this.#restart(stray, events);
    this.#release(time, events);
  }

  /** Starts to count at the lowest place that is held. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#first = this.#next = Math.min(...this.#held.keys());
  }

  #tellNext(events: JitterEvent[]): void {
    for (let held = this.#held.get(this.#next); held !== undefined; held = this.#held.get(this.#next)) {
      this.#held.delete(held.place);
      events.push(this.#frame(held.packet));
    }
  }

  /** Emits all places up to one that is held. */
  #tellUpTo(place: number, events: JitterEvent[]): void {
    this.#tellNext(events);
    while (this.#next <= place) {
      let end = this.#next + 1;
      while (!this.#held.has(end)) end += 1;
      this.#lose(end - this.#next, this.#held.get(end)!.packet, events);
      this.#tellNext(events);
    }
  }

  #frame(packet: VoicePacket): JitterEvent {
    this.#missed[this.#next & (MEMORY - 1)] = 0;
    this.#next += 1;
    this.#last = packet;
    this.#counts.frames += 1;
    return { type: 'frame', packet };
  }

  #lose(count: number, after: VoicePacket, events: JitterEvent[]): void {
    for (const lost of lostBetween(this.#last!, count, after)) {
      events.push({ type: 'lost', ...lost });
      this.#missed[this.#next & (MEMORY - 1)] = 1;
      this.#next += 1;
    }
    this.#counts.lost += count;
  }

  #dropStray(): void {
    const stray = this.#stray;
    this.#stray = undefined;
    if (stray !== undefined) this.#drop(stray.packet, 'stale');
  }

  #drop(packet: VoicePacket, reason: 'duplicate' | 'stale'): void {
    this.#counts[reason === 'duplicate' ? 'duplicates' : 'stale'] += 1;
    this.#onDrop?.(packet, reason);
  }
}

/** The distance from one 16-bit sequence number to another, the shorter way around: -32768 to 32767. */
function distance(from: number, to: number): number {
  return (uint16Add(to, -from) << 16) >> 16;
}
