/** One decoder for each speaker, made at its first packet, and freed. */
import { amount, fields, functionOf, type Check } from '../../checks/check.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Snowflake, VoicePacket } from '../../types.js';
import type { JitterEvent } from '../jitter/event.js';
import type { OpusDecoderFactory } from './codec.js';
import { createOpusDecoder } from './decoder.js';
import type { PcmFrame } from '../pcm/pcm.js';
import { MAX_STREAMS } from '../ssrc-table.js';
import { SpeakerDecoder, type PacketDamage } from './speaker-decoder.js';

/** Options of decoding. */
export interface DecodeOptions {
  /** Makes the decoder of each stream. Default {@link createOpusDecoder}. */
  readonly codec?: OpusDecoderFactory;
  /** How much of a loss is concealed, in ms; the rest is silence, because prolonged concealment turns into a drone. Default 100. */
  readonly concealLimit?: number;
  /** After this long without packets, in ms of their arrival, an SSRC's decoder is freed; its next packet gets a new one. Default 60 000. */
  readonly idle?: number;
  /**
   * Maximum number of decoders: 27 KB each by default. Above it, the one that has been silent for longest is freed; while all of them
   * speak, a new speaker is not decoded. Default 256, like the steps before and after this one.
   */
  readonly maxDecoders?: number;
  /** Called for each SSRC that is not decoded because of `maxDecoders`; once, and again when `idle` has passed. It must not throw. */
  readonly onRefused?: (speaker: RefusedSpeaker) => void;
  /** Called for each packet that could not be decoded and was concealed. It must not throw. */
  readonly onDamage?: (damage: PacketDamage) => void;
}

/** A speaker that is not decoded, because the maximum number of speakers is reached. */
export interface RefusedSpeaker {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
}

/** The defaults of decoding, in ms except for the codec and the number of decoders. */
export const DEFAULT_DECODING = {
  codec: createOpusDecoder,
  concealLimit: 100,
  idle: 60_000,
  maxDecoders: MAX_STREAMS,
} as const satisfies DecodeOptions;

const checkOptions = fields({
  codec: functionOf('that makes a decoder'),
  concealLimit: amount('a number of milliseconds, 0 or more', 0),
  idle: amount('a number of milliseconds, more than 0', Number.MIN_VALUE),
  maxDecoders: amount('a number of decoders, 1 or more', 1),
  onRefused: functionOf('that is given each speaker who is not decoded'),
  onDamage: functionOf('that is given each packet that is damaged'),
} satisfies Readonly<Record<keyof DecodeOptions, Check>>);

/** Idle decoders are searched for once in a quarter of the idle time. */
const LOOKS = 4;
/** A speaker heard within this time, in ms, keeps its decoder: taking it away and giving it back would make noise for both. */
const SPEAKING_MS = 1_000;

/**
 * A pure step from the events of a jitter buffer, or plain packets, to PCM; one for any number of SSRCs. It has no timers: its time is
 * the arrival of the packets.
 */
export class PcmDecoder {
  readonly #idle: number;
  readonly #maxDecoders: number;
  readonly #make: () => SpeakerDecoder;
  readonly #onRefused: (speaker: RefusedSpeaker) => void;
  /** Ordered by the last packet, the oldest first. */
  readonly #decoders = new Map<number, SpeakerDecoder>();
  /** SSRCs without a decoder that were reported already. */
  readonly #refused = new Set<number>();
  #looked = Number.NEGATIVE_INFINITY;
  #damaged = 0;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: DecodeOptions = {}) {
    checkOptions('', options);
    const {
      codec = DEFAULT_DECODING.codec,
      concealLimit = DEFAULT_DECODING.concealLimit,
      idle = DEFAULT_DECODING.idle,
      maxDecoders = DEFAULT_DECODING.maxDecoders,
      onDamage,
      onRefused = () => undefined,
    } = options;
    this.#idle = idle;
    this.#maxDecoders = maxDecoders;
    this.#onRefused = onRefused;
    this.#make = () =>
      new SpeakerDecoder({
        codec,
        concealLimit: Math.round(concealLimit * SAMPLES_PER_MS),
        onDamage: (damage) => {
          this.#damaged += 1;
          onDamage?.(damage);
        },
      });
  }

  /** Packets that could not be decoded so far. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Decoders in use. */
  get decoders(): number {
    return this.#decoders.size;
  }

  /**
   * The PCM of one event; empty for a late packet, for a loss of an SSRC without packets so far, and for a refused speaker. A loss may be held
   * until the next packet of its SSRC, if the codec has FEC.
   *
   * @throws OpusDecoderError if no decoder can be made, or the codec option returns something that is not PCM
   */
  step(event: JitterEvent | VoicePacket): PcmFrame[] {
    if (!('type' in event)) return this.#decode(event);
    switch (event.type) {
      case 'frame':
        return this.#decode(event.packet);
      case 'lost':
        return this.#decoders.get(event.ssrc)?.lose(event) ?? [];
      case 'late':
        return [];
    }
  }

  /** The losses that are held, concealed, at the end of the stream. */
  flush(): PcmFrame[] {
    return [...this.#decoders.values()].flatMap((decoder) => decoder.flush());
  }

  /** Frees all decoders. A step afterwards makes new ones. */
  free(): void {
    for (const decoder of this.#decoders.values()) decoder.free();
    this.#decoders.clear();
  }

  #decode(packet: VoicePacket): PcmFrame[] {
    const { userId, ssrc, arrival } = packet;
    const before = this.#giveBackIdle(arrival);
    let decoder = this.#decoders.get(ssrc);
    if (decoder === undefined) {
      if (this.#decoders.size >= this.#maxDecoders) before.push(...this.#giveBackSilent(arrival));
      if (this.#decoders.size >= this.#maxDecoders) {
        this.#refuse({ userId, ssrc });
        return before;
      }
      decoder = this.#make();
      this.#refused.delete(ssrc);
    }
    this.#decoders.delete(ssrc);
    this.#decoders.set(ssrc, decoder);
    const frames = decoder.decode(packet);
    return before.length === 0 ? frames : [...before, ...frames];
  }

  #refuse(speaker: RefusedSpeaker): void {
    if (this.#refused.has(speaker.ssrc)) return;
    this.#refused.add(speaker.ssrc);
    this.#onRefused(speaker);
  }

  /** Frees the decoder that was not heard for longest, unless its speaker still speaks. */
  #giveBackSilent(now: number): PcmFrame[] {
    const [oldest] = this.#decoders;
    if (oldest === undefined) return [];
    const [ssrc, { heard }] = oldest;
    return Math.abs(now - heard) < SPEAKING_MS ? [] : this.#giveBack(ssrc);
  }

  #giveBackIdle(now: number): PcmFrame[] {
    // If the clock was set back, the search interval starts again.
    if (now >= this.#looked && now - this.#looked < this.#idle / LOOKS) return [];
    this.#looked = now;
    this.#refused.clear();
    return [...this.#decoders].flatMap(([ssrc, { heard }]) => (now - heard < this.#idle ? [] : this.#giveBack(ssrc)));
  }

  /** Ends an SSRC, and returns what it still held. */
  #giveBack(ssrc: number): PcmFrame[] {
    const decoder = this.#decoders.get(ssrc)!;
    const held = decoder.flush();
    decoder.free();
    this.#decoders.delete(ssrc);
    return held;
  }
}
