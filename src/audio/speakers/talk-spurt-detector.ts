/** Finds where the speech of one SSRC begins and ends, without decoding it. */
import { amount, fields, type Check } from '../../checks/check.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { VoicePacket } from '../../types.js';
import { packetSamples } from '../jitter/gap.js';
import { MonotonicTime } from '../timing/monotonic-time.js';
import { isVoice, VOICE_LEVEL } from './voice.js';

/** What counts as a talk spurt. */
export interface TalkSpurtDetectorOptions {
  /** ms without voice after which a spurt ends; shorter pauses belong to it. Default 300. */
  readonly hangover?: number;
  /** ms; shorter speech is ignored, as a click or a cough. The spurt starts when it is known to be longer. Default 0. */
  readonly minLength?: number;
  /** ms before the speech that also belong to the spurt, so that its first consonant is not cut off. Default 0. */
  readonly preRoll?: number;
  /** A packet louder than this is speech, even if its sender's client does not say so. -dBov, 0 (loudest) to 127; 0 trusts only the client. Default 40. */
  readonly levelThreshold?: number;
}

/** What a packet, or the passing of time, does to a spurt. `start` comes with the packets that already belong to it. */
export type TalkSpurtStep =
  | { readonly type: 'start'; readonly startedAt: number; readonly packets: readonly VoicePacket[] }
  | { readonly type: 'packet'; readonly packet: VoicePacket }
  | { readonly type: 'end' };

/** The default {@link TalkSpurtDetectorOptions}, in ms and -dBov. */
export const DEFAULT_TALK_SPURT_DETECTOR = {
  hangover: 300,
  minLength: 0,
  preRoll: 0,
  levelThreshold: VOICE_LEVEL,
} as const satisfies Required<TalkSpurtDetectorOptions>;

const MS = amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE);
export const TALK_SPURT_DETECTOR = {
  hangover: amount('a number of milliseconds, more than 0', Number.MIN_VALUE, Number.MAX_VALUE),
  minLength: MS,
  preRoll: MS,
  levelThreshold: amount('a level from 0 to 127', 0, 127),
} satisfies Readonly<Record<keyof TalkSpurtDetectorOptions, Check>>;
const checkDetector = fields(TALK_SPURT_DETECTOR);

/** The shortest packet. It bounds how many packets of a stretch of time are kept, whatever is sent to us. */
const SHORTEST_PACKET_MS = 2.5;
/** The longest time that an event loop is assumed to be blocked. A longer gap between arrivals is a pause, even if the RTP clock stood still. */
const MAX_BLOCKED_MS = 2_000;
/** If the RTP clock is further back than this (ms), the sender has restarted; a smaller step is a packet out of order. */
const RTP_RESTART_MS = 2_000;
const NOTHING: readonly TalkSpurtStep[] = [];

/**
 * A pure step: packets and the time in, beginnings and ends of spurts out. `due` says when `advance` should be called.
 *
 * ```
 * packets   v v v s v v s s s s s            v voice, s silence
 * spurt     [v v v s v v s s]                one silence ends nothing; `hangover` without voice does
 *                       |---|
 * ```
 * `isVoice` decides what is voice. While packets arrive, silence is measured in RTP time, so that a process that is too busy to read
 * them in time does not cut speech. Only if no packets arrive does the clock decide.
 */
export class TalkSpurtDetector {
  readonly #hangover: number;
  readonly #minSamples: number;
  readonly #preRoll: number;
  readonly #levelThreshold: number;
  readonly #maxWaiting: number;
  readonly #clock = new MonotonicTime();
  #state: 'quiet' | 'maybe' | 'speaking' = 'quiet';
  /** Packets that become part of a spurt if one begins. */
  #waiting: VoicePacket[] = [];
  #startedAt = 0;
  /** Samples of voice since the spurt may have begun. */
  #voiced = 0;
  /** RTP time at which the last voice ended. */
  #quietFrom = 0;
  #voiceArrival = 0;
  /** Samples without voice since then. */
  #quiet = 0;
  /** Monotonic time at which the spurt ends if nothing more comes; ms. */
  #endsBy = 0;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: TalkSpurtDetectorOptions = {}) {
    checkDetector('', options);
    const {
      hangover = DEFAULT_TALK_SPURT_DETECTOR.hangover,
      minLength = DEFAULT_TALK_SPURT_DETECTOR.minLength,
      preRoll = DEFAULT_TALK_SPURT_DETECTOR.preRoll,
      levelThreshold = DEFAULT_TALK_SPURT_DETECTOR.levelThreshold,
    } = options;
    this.#hangover = hangover;
    this.#minSamples = minLength * SAMPLES_PER_MS;
    this.#preRoll = preRoll;
    this.#levelThreshold = levelThreshold;
    this.#maxWaiting = Math.ceil((preRoll + minLength + hangover) / SHORTEST_PACKET_MS) + 1;
  }

  /** When `advance` ends the spurt if no voice comes before, in ms of the clock of `now`; undefined if there is no spurt. */
  get due(): number | undefined {
    return this.#state === 'quiet' ? undefined : this.#clock.toClock(this.#endsBy);
  }

  /**
   * Takes a packet at `now` (ms).
   *
   * @param more whether it arrived while the process was blocked: then a gap between arrivals is not a pause. Default false
   */
  step(packet: VoicePacket, now: number, more = false): readonly TalkSpurtStep[] {
    const time = this.#clock.read(now);
    const steps: TalkSpurtStep[] = [];
    if (this.#pausedBefore(packet, more)) this.#end(steps);
    const voice = isVoice(packet, this.#levelThreshold);
    if (this.#state === 'quiet') {
      if (!voice) {
        if (this.#preRoll > 0) this.#wait(packet);
        return steps;
      }
      this.#begin(packet);
    }
    if (voice) this.#hearVoice(packet, time);
    if (this.#state === 'speaking') steps.push({ type: 'packet', packet });
    else this.#waitForMore(packet, steps);
    if (!voice) this.#hearQuiet(packet, time, steps);
    return steps;
  }

  /** Returns the steps that are due at `now` (ms). */
  advance(now: number): readonly TalkSpurtStep[] {
    const time = this.#clock.read(now);
    if (this.#state === 'quiet' || time < this.#endsBy) return NOTHING;
    return this.flush();
  }

  /** Ends the spurt, if there is one. */
  flush(): readonly TalkSpurtStep[] {
    const steps: TalkSpurtStep[] = [];
    this.#end(steps);
    return steps;
  }

  #pausedBefore(packet: VoicePacket, more: boolean): boolean {
    if (this.#state === 'quiet') return false;
    return (
      this.#quietSamplesBefore(packet) > this.#hangover * SAMPLES_PER_MS ||
      (!more && packet.arrival - this.#voiceArrival > this.#hangover + MAX_BLOCKED_MS)
    );
  }

  /** RTP time from the end of the voice to the start of a packet; negative for a packet that comes out of order. */
  #quietSamplesBefore(packet: VoicePacket): number {
    return (packet.timestamp - this.#quietFrom) | 0;
  }

  #begin(packet: VoicePacket): void {
    this.#state = 'maybe';
    this.#startedAt = packet.arrival;
    this.#voiced = 0;
    this.#quietFrom = packet.timestamp;
    // Both clocks are checked: after a blocked event loop, all packets have the same arrival; and RTP time may stand still in a pause.
    this.#waiting = this.#waiting.filter(
      ({ arrival, timestamp }) =>
        packet.arrival - arrival <= this.#preRoll && ((packet.timestamp - timestamp) | 0) <= this.#preRoll * SAMPLES_PER_MS,
    );
  }

  #hearVoice(packet: VoicePacket, time: number): void {
    const samples = packetSamples(packet);
    const ahead = this.#quietSamplesBefore(packet) + samples;
    this.#voiced += samples;
    this.#quiet = 0;
    this.#endsBy = time + this.#hangover;
    this.#voiceArrival = packet.arrival;
    if (ahead > 0 || ahead < -RTP_RESTART_MS * SAMPLES_PER_MS) this.#quietFrom = uint32Add(packet.timestamp, samples);
  }

  #hearQuiet(packet: VoicePacket, time: number, steps: TalkSpurtStep[]): void {
    const quiet = this.#quietSamplesBefore(packet) + packetSamples(packet);
    // A packet that comes out of order adds nothing new.
    if (quiet <= this.#quiet) return;
    this.#quiet = quiet;
    const left = this.#hangover - quiet / SAMPLES_PER_MS;
    // Timers count whole milliseconds.
    this.#endsBy = time + Math.ceil(left);
    if (left <= 0) this.#end(steps);
  }

  #waitForMore(packet: VoicePacket, steps: TalkSpurtStep[]): void {
    this.#wait(packet);
    if (this.#voiced < this.#minSamples) return;
    this.#state = 'speaking';
    steps.push({ type: 'start', startedAt: this.#startedAt, packets: this.#waiting });
    this.#waiting = [];
  }

  #wait(packet: VoicePacket): void {
    this.#waiting.push(packet);
    if (this.#waiting.length > this.#maxWaiting) this.#waiting.shift();
  }

  #end(steps: TalkSpurtStep[]): void {
    if (this.#state === 'speaking') steps.push({ type: 'end' });
    this.#state = 'quiet';
  }
}
