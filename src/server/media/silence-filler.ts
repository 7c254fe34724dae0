/** Sends frames of silence after senders that stop without them, as Discord's servers do. */
import type { SchedulerLike, Subscription } from 'rxjs';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../protocol/rtp.js';
import { SAMPLES_PER_FRAME, SILENCE_FRAME } from '../../protocol/silence.js';
import { uint32Add } from '../../protocol/wrap.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { ForwardedStreams } from './forwarded-streams.js';
import { isReady, sealFor, type Outbound } from './outbound.js';
import { clearBytes } from './rtp-fields.js';
import { SilenceMaker } from './silence-maker.js';

/** What the silence filler uses. */
export interface SilenceParts {
  readonly streams: ForwardedStreams;
  readonly outbound: Outbound;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  /** Holds all timers. */
  readonly timers: Subscription;
}

/** Watches every sender passed to `heard`. */
export class SilenceFiller {
  #makers = new WeakMap<VoiceSession, SilenceMaker>();
  readonly #packet = new Uint8Array(RTP_HEADER_BYTES + SILENCE_FRAME.length);

  constructor(private readonly parts: SilenceParts) {}

  /** Forgets every sender; timers that still run then do nothing. */
  reset(): void {
    this.#makers = new WeakMap();
  }

  /** A sender's packet is forwarded. @param after ms without another packet, after which silence is sent */
  heard(sender: VoiceSession, isSilence: boolean, after: number): void {
    let maker = this.#makers.get(sender);
    if (maker === undefined) {
      const { scheduler, timers } = this.parts;
      const fill = (): boolean => this.#makers.get(sender) === maker && this.#fill(sender);
      this.#makers.set(sender, (maker = new SilenceMaker(after, scheduler, timers, fill)));
    }
    maker.heard(isSilence);
  }

  /** Sends one frame to all receivers of the sender. False if the sender is gone. */
  #fill(sender: VoiceSession): boolean {
    if (sender.ended || sender.call === undefined) return false;
    const { streams, outbound, now } = this.parts;
    const packet = this.#packet;
    for (const receiver of sender.call.members) {
      const stream = streams.find(sender, receiver);
      if (stream?.timestamp === undefined || !isReady(receiver)) continue;
      const sequence = stream.numbering.insert() ?? stream.sequence;
      writeRtpHeader(packet, sequence, uint32Add(stream.timestamp, SAMPLES_PER_FRAME), sender.ssrc);
      packet.set(SILENCE_FRAME, RTP_HEADER_BYTES);
      if (!outbound.send(sealFor(receiver, packet, clearBytes(packet[0]!, receiver.rtpSize)), receiver)) continue;
      stream.sent(packet, SILENCE_FRAME.length, now());
      stream.count('silence');
    }
    return true;
  }
}
