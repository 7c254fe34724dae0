/** Decodes the PCM of one SSRC, including lost and damaged packets. */
import { MAX_OPUS_PACKET_SAMPLES, OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Snowflake, VoicePacket } from '../../types.js';
import { OpusDecoderError } from '../errors.js';
import type { LostPacket } from '../jitter/event.js';
import type { OpusCodec, OpusDecoderFactory } from './codec.js';
import { hasFec, isSpeechCoded } from './fec.js';
import { CHANNELS, type PcmFrame } from '../pcm/pcm.js';
import { Concealment } from './concealment.js';

/** A packet that could not be decoded, and was concealed. */
export interface PacketDamage {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP sequence of the packet, 16 bits. */
  readonly sequence: number;
  /** The error of the codec. */
  readonly error: unknown;
}

/** Options of the decoder of one SSRC. */
export interface SpeakerDecoderOptions {
  readonly codec: OpusDecoderFactory;
  /** How many samples of a loss are concealed; the rest is silence. */
  readonly concealLimit: number;
  readonly onDamage: (damage: PacketDamage) => void;
}

/**
 * Decodes one stream. A lost packet is recovered from the copy in the next one, if the codec supports it and the packet has a copy;
 * otherwise it is concealed, up to a limit. A packet for which the codec throws counts as lost.
 */
export class SpeakerDecoder {
  readonly #options: SpeakerDecoderOptions;
  readonly #concealment = new Concealment();
  #codec: OpusCodec | undefined;
  #last: { readonly timestamp: number; readonly arrival: number; readonly samples: number } | undefined;
  /** The last decoded packet was speech, so FEC may follow. */
  #speech = false;
  /** A loss that waits for the next packet, which may contain a copy of it. Only if the codec can read such copies. */
  #held: LostPacket | undefined;
  /** Samples concealed since the last packet. */
  #run = 0;

  constructor(options: SpeakerDecoderOptions) {
    this.#options = options;
    this.#codec = options.codec();
  }

  /** When the last packet came; ms. */
  get heard(): number {
    return this.#last?.arrival ?? Number.NEGATIVE_INFINITY;
  }

  /** Decodes a packet. The frames are in order: a loss that was held, then this one. */
  decode(packet: VoicePacket): PcmFrame[] {
    const before = this.#held === undefined ? [] : [this.#remake(this.#held, packet)];
    this.#held = undefined;
    const samples = opusPacketSamples(packet.frame);
    let pcm: Int16Array;
    try {
      pcm = this.#open().decode(packet.frame);
    } catch (error) {
      const { userId, ssrc, sequence } = packet;
      this.#options.onDamage({ userId, ssrc, sequence, error });
      const length = typeof samples === 'number' ? samples : (this.#last?.samples ?? SAMPLES_PER_FRAME);
      this.#last = { timestamp: packet.timestamp, arrival: packet.arrival, samples: length };
      return [...before, ...this.lose({ userId, ssrc, sequence, timestamp: packet.timestamp, samples: length })];
    }
    checkPcm(pcm);
    this.#run = 0;
    this.#speech = isSpeechCoded(packet.frame);
    this.#concealment.remember(pcm);
    this.#last = { timestamp: packet.timestamp, arrival: packet.arrival, samples: pcm.length / CHANNELS };
    const { userId, ssrc, timestamp, arrival } = packet;
    return [...before, { userId, ssrc, timestamp, arrival, pcm, concealed: false }];
  }

  /** Handles a lost packet. Before the first packet there is nothing to continue, so no frame is given. */
  lose(lost: LostPacket): PcmFrame[] {
    if (this.#last === undefined) return [];
    const before = this.flush();
    if (!this.#speech || this.#open().decodeFec === undefined) return [...before, this.#conceal(lost)];
    this.#held = lost;
    return before;
  }

  /** Conceals a loss that was held for a packet that will not come any more. */
  flush(): PcmFrame[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [this.#conceal(held)];
  }

  /** Frees the codec. */
  free(): void {
    this.#codec?.free?.();
    this.#codec = undefined;
  }

  #open(): OpusCodec {
    return (this.#codec ??= this.#options.codec());
  }

  #remake(lost: LostPacket, next: VoicePacket): PcmFrame {
    const samples = soundLength(lost.samples);
    const adjacent = ((lost.timestamp + samples - next.timestamp) | 0) === 0;
    const codec = this.#open();
    if (!adjacent || codec.decodeFec === undefined || !hasFec(next.frame)) return this.#conceal(lost);
    let pcm: Int16Array;
    try {
      pcm = codec.decodeFec(next.frame, samples);
    } catch {
      // The packet itself is decoded next, and its error is reported then.
      return this.#conceal(lost);
    }
    checkPcm(pcm);
    this.#run = 0;
    this.#concealment.remember(pcm);
    return this.#frame(lost, pcm);
  }

  #conceal(lost: LostPacket): PcmFrame {
    const samples = soundLength(lost.samples);
    const left = this.#options.concealLimit - this.#run;
    const pcm = left <= 0 ? new Int16Array(samples * CHANNELS) : this.#makeUp(samples);
    if (left > 0 && left <= samples) fadeOut(pcm, left);
    this.#run += samples;
    return this.#frame(lost, pcm);
  }

  #makeUp(samples: number): Int16Array {
    const codec = this.#open();
    if (codec.conceal === undefined) return this.#concealment.conceal(samples);
    let pcm: Int16Array;
    try {
      pcm = codec.conceal(samples);
    } catch {
      // A codec that throws even here has crashed: the next packet gets a new one.
      this.free();
      return this.#concealment.conceal(samples);
    }
    checkPcm(pcm);
    return pcm;
  }

  #frame({ userId, ssrc, timestamp }: LostPacket, pcm: Int16Array): PcmFrame {
    const last = this.#last!;
    const arrival = last.arrival + ((timestamp - last.timestamp) | 0) / SAMPLES_PER_MS;
    return { userId, ssrc, timestamp, arrival, pcm, concealed: true };
  }
}

/** The nearest length that Opus allows, at most that of the longest packet: no more can have been lost with one packet. */
function soundLength(samples: number): number {
  const steps = Math.round(samples / OPUS_GRID) || 0;
  return Math.min(Math.max(steps, 1) * OPUS_GRID, MAX_OPUS_PACKET_SAMPLES);
}

/** Fades to silence over the first `samples`; the rest is silent. */
function fadeOut(pcm: Int16Array, samples: number): void {
  for (let i = 0; i < pcm.length; i++) pcm[i] = pcm[i]! * Math.max(0, 1 - Math.floor(i / CHANNELS) / samples);
}

/** A codec of the user may return anything: that is a fault of the codec, not a damaged packet. */
function checkPcm(pcm: unknown): void {
  if (pcm instanceof Int16Array && pcm.length % CHANNELS === 0) return;
  const what = pcm instanceof Int16Array ? `${pcm.length} samples` : Object.prototype.toString.call(pcm);
  throw new OpusDecoderError(`the codec gave ${what} where an Int16Array of interleaved stereo was expected: check the codec option`);
}
