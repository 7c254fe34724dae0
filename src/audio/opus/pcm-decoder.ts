/** The decoders of all who speak: one each, made when somebody begins, and given back. */
import { amount, fields, functionOf, type Check } from '../../checks/check.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Snowflake, VoicePacket } from '../../types.js';
import type { JitterEvent } from '../jitter/event.js';
import type { OpusDecoderFactory } from './codec.js';
import { createOpusDecoder } from './decoder.js';
import type { PcmFrame } from '../pcm/pcm.js';
import { MAX_STREAMS } from '../ssrc-table.js';
import { SpeakerDecoder, type PacketDamage } from './speaker-decoder.js';

/** How to decode. */
export interface DecodeOptions {
  /** Makes the decoder of each stream. Default {@link createOpusDecoder}. */
  readonly codec?: OpusDecoderFactory;
  /** How much of a loss is concealed, in ms; what is longer ends in silence, for made-up sound turns into a drone. Default 100. */
  readonly concealLimit?: number;
  /** An SSRC not heard for so long (ms of the packets' arrival) gives its decoder back; heard again, it begins afresh. Default 60 000. */
  readonly idle?: number;
  /**
   * Decoders at once: 27 KB each by default. At more, who has been silent for longest gives his back; while all of them speak, who
   * comes is not decoded. Default 256, as for the steps before and behind.
   */
  readonly maxDecoders?: number;
  /** Called for each SSRC that is not decoded because of `maxDecoders`; once, and again when `idle` has passed. It must not throw. */
  readonly onRefused?: (speaker: RefusedSpeaker) => void;
  /** Called for each packet that could not be decoded and was concealed. It must not throw. */
  readonly onDamage?: (damage: PacketDamage) => void;
}

/** Somebody who is not decoded, for as many as may be speak already. */
export interface RefusedSpeaker {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
}

/** How packets are decoded unless told otherwise: ms, but for the codec and the number of decoders. */
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

/** Idle decoders are looked for once in a quarter of the time after which they are. */
const LOOKS = 4;
/** Who was heard within so long is speaking, and keeps his decoder: to take it away, and back, would make noise of both. In ms. */
const SPEAKING_MS = 1_000;

/**
 * A pure step from the events of a jitter buffer, or bare packets, to PCM; one for any number of SSRCs. It has no clock: time is
 * the arrival of the packets.
 */
export class PcmDecoder {
  readonly #idle: number;
  readonly #maxDecoders: number;
  readonly #make: () => SpeakerDecoder;
  readonly #onRefused: (speaker: RefusedSpeaker) => void;
  /** In the order of the packet heard last, the oldest first. */
  readonly #decoders = new Map<number, SpeakerDecoder>();
  /** SSRCs that have no decoder, of whom that was told. */
  readonly #refused = new Set<number>();
  #looked = Number.NEGATIVE_INFINITY;
  #damaged = 0;

  /** @throws VoiceOptionsError for an option that is none, or out of its range */
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
   * The PCM of one event; nothing for a late packet, for a loss of somebody who was not heard yet, and for who is refused. A loss may be held until
   * the next packet of its SSRC, where the codec has FEC.
   *
   * @throws OpusDecoderError when no decoder can be made, or the codec option gives something that is no PCM
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

  /** What is held of losses at the end of the stream. */
  flush(): PcmFrame[] {
    return [...this.#decoders.values()].flatMap((decoder) => decoder.flush());
  }

  /** Gives all decoders back. A step afterwards makes new ones. */
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

  /** The decoder of who was not heard for longest, unless he speaks. */
  #giveBackSilent(now: number): PcmFrame[] {
    const [oldest] = this.#decoders;
    if (oldest === undefined) return [];
    const [ssrc, { heard }] = oldest;
    return Math.abs(now - heard) < SPEAKING_MS ? [] : this.#giveBack(ssrc);
  }

  #giveBackIdle(now: number): PcmFrame[] {
    // A clock that was set back begins a new count.
    if (now >= this.#looked && now - this.#looked < this.#idle / LOOKS) return [];
    this.#looked = now;
    this.#refused.clear();
    return [...this.#decoders].flatMap(([ssrc, { heard }]) => (now - heard < this.#idle ? [] : this.#giveBack(ssrc)));
  }

  /** Ends an SSRC; what it still held is said. */
  #giveBack(ssrc: number): PcmFrame[] {
    const decoder = this.#decoders.get(ssrc)!;
    const held = decoder.flush();
    decoder.free();
    this.#decoders.delete(ssrc);
    return held;
  }
}
