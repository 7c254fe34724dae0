/** The timelines of all speakers: one place for each packet, whatever files it goes into. */
import { isSilenceFrame, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import type { VoicePacket } from '../../types.js';
import { speakerKey, type Speaker } from './speaker.js';
import { Timeline } from './timeline.js';
import type { DropReason } from './events.js';

/** Where a packet belongs, and how long it is, in samples; or why it belongs nowhere. */
export type Place = { readonly at: number; readonly samples: number } | Exclude<DropReason, 'slow-disk'>;

export class Timelines {
  readonly #start: number;
  readonly #now: () => number;
  readonly #limit: number;
  readonly #speakers = new Map<string, { readonly timeline: Timeline; silent: boolean }>();

  /**
   * @param now the session's clock in ms; the recording starts now
   * @param limit speakers that are followed, further ones are not
   */
  constructor(now: () => number, limit: number) {
    this.#start = now();
    this.#now = now;
    this.#limit = limit;
  }

  /** When the recording started, in ms of the session's clock. */
  get start(): number {
    return this.#start;
  }

  /** The place of the speaker's next packet. */
  place(packet: VoicePacket): Place {
    const samples = opusPacketSamples(packet.frame);
    if (typeof samples === 'string') return 'invalid';
    const key = speakerKey(packet);
    let speaker = this.#speakers.get(key);
    if (speaker === undefined) {
      if (this.#speakers.size >= this.#limit) return 'too-many-speakers';
      speaker = { timeline: new Timeline(), silent: false };
      this.#speakers.set(key, speaker);
    }
    const { ssrc, timestamp } = packet;
    const pause = packet.marker || speaker.silent;
    speaker.silent = isSilenceFrame(packet.frame);
    const at = speaker.timeline.place({ ssrc, timestamp, samples, arrival: this.#sinceStart(packet.arrival), pause });
    return at === undefined ? 'no-place' : { at, samples };
  }

  /** The place of audio that was decoded from the speaker's last packet, or made up for one that is missing beside it. */
  at(speaker: Speaker, timestamp: number): number | undefined {
    return this.#speakers.get(speakerKey(speaker))?.timeline.at(timestamp);
  }

  /** In samples. Nothing can have come before the recording, or after now; whatever a clock says, a file is no longer than the recording. */
  #sinceStart(arrival: number): number {
    const ms = Math.min(arrival, this.#now()) - this.#start;
    return ms > 0 ? ms * SAMPLES_PER_MS : 0;
  }
}
