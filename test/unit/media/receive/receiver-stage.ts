/** A receiver in a world that the test controls: the owners of SSRCs, the listeners, keys and time are set by hand. */
import { createSeal, type Seal } from '../../../../src/crypto/seal.js';
import type { FrameCipher } from '../../../../src/media/frame-cipher.js';
import { Receiver } from '../../../../src/media/receive/receiver.js';
import { Reception } from '../../../../src/media/receive/reception.js';
import type { DatagramStats, ReceiveStats } from '../../../../src/media/receive/receive-stats.js';
import { Traffic } from '../../../../src/media/traffic.js';
import { isRtpSizeMode, type EncryptionMode } from '../../../../src/protocol/encryption-modes.js';
import type { RtcpPacket } from '../../../../src/protocol/rtcp.js';
import type { VoicePacket } from '../../../../src/types.js';

export const RTPSIZE = 'aead_aes256_gcm_rtpsize';
export const KEY: Uint8Array = new Uint8Array(32).fill(9);
export const SSRC = 0x00c0ffee;
export const USER = '77';
export const OPUS = Uint8Array.of(0xfc, 0xde, 0xad);

export function sealOf(mode: EncryptionMode, key = KEY): Seal {
  return createSeal(mode, key, { random: (bytes) => new Uint8Array(bytes).fill(3) });
}

export interface PacketParts {
  readonly payload?: Uint8Array;
  readonly payloadType?: number;
  readonly ssrc?: number;
  readonly sequence?: number;
  readonly timestamp?: number;
  readonly csrcs?: number;
  /** Extension elements, whole words; undefined for no extension at all. */
  readonly elements?: Uint8Array;
  readonly profile?: number;
  readonly marker?: boolean;
  /** Bytes of padding, and the count in the last one. */
  readonly padding?: { readonly bytes: number; readonly count: number };
  readonly seal?: Seal;
}

/** A packet as a server would seal it: in the legacy modes everything after the first 12 bytes is ciphertext. */
export function packet(mode: EncryptionMode, parts: PacketParts = {}): Uint8Array {
  const { payload = OPUS, payloadType = 0x78, ssrc = SSRC, csrcs = 0, elements, profile = 0xbede, marker = false, padding } = parts;
  const fixed = Buffer.alloc(12);
  fixed[0] = 0x80 | (padding === undefined ? 0 : 0x20) | (elements === undefined ? 0 : 0x10) | csrcs;
  fixed[1] = payloadType | (marker ? 0x80 : 0);
  fixed.writeUInt16BE(parts.sequence ?? 65_535, 2);
  fixed.writeUInt32BE(parts.timestamp ?? 0xfffffff0, 4);
  fixed.writeUInt32BE(ssrc, 8);
  const list = Buffer.alloc(csrcs * 4, 0xcc);
  const words = (elements?.length ?? 0) / 4;
  const preamble = elements === undefined ? Buffer.alloc(0) : Buffer.from([profile >> 8, profile, words >> 8, words]);
  const pad = Buffer.alloc(padding?.bytes ?? 0);
  if (pad.length > 0) pad[pad.length - 1] = padding!.count;
  const seal = parts.seal ?? sealOf(mode);
  const rest = Buffer.concat([elements ?? Buffer.alloc(0), payload, pad]);
  return isRtpSizeMode(mode)
    ? seal.seal(Buffer.concat([fixed, list, preamble]), rest)
    : seal.seal(fixed, Buffer.concat([list, preamble, rest]));
}

/** RTCP as a server would seal it: the first 8 bytes are clear. */
export function rtcp(compound: Uint8Array, seal = sealOf(RTPSIZE)): Uint8Array {
  return seal.seal(compound.subarray(0, 8), compound.subarray(8));
}

const NO_DATAGRAMS: DatagramStats = {
  received: 0, audio: 0, refused: 0, duplicates: 0, empty: 0, waiting: 0, unclaimed: 0, undecryptable: 0, unheard: 0,
  rtcp: 0, rtcpUndecryptable: 0, rtcpMalformed: 0, control: 0, malformed: 0, other: 0,
}; // prettier-ignore

/** These counts, and zero for all others. */
export function datagrams(counts: Partial<DatagramStats>): DatagramStats {
  return { ...NO_DATAGRAMS, ...counts };
}

/** The number received minus all other counts. */
export function unaccounted({ received, ...places }: DatagramStats): number {
  return received - Object.values(places).reduce((a, b) => a + b, 0);
}

export class ReceiverStage {
  readonly reception = new Reception();
  readonly traffic = new Traffic();
  readonly heard: VoicePacket[] = [];
  readonly reports: RtcpPacket[] = [];
  readonly owners = new Map<number, string>([[SSRC, USER]]);
  /** The users with listeners; undefined for everybody. */
  listeners: ReadonlySet<string> | undefined;
  listensToRtcp = true;
  cipher: FrameCipher | null = null;
  now = 0;
  /** Called with each packet, before it is recorded. */
  onPacket: (packet: VoicePacket) => void = () => undefined;
  readonly receiver: Receiver;
  #timers: { at: number; act: () => void }[] = [];

  constructor(mode: EncryptionMode = RTPSIZE) {
    const stage = this;
    this.receiver = new Receiver({
      seal: sealOf(mode),
      roster: { userOf: (ssrc) => this.owners.get(ssrc) ?? null },
      e2ee: this,
      packets: {
        listensTo: (user) => this.listeners === undefined || (user === null ? this.listeners.size > 0 : this.listeners.has(user)),
        next: (one) => {
          this.onPacket(one);
          this.heard.push(one);
        },
      },
      rtcp$: {
        get observed() {
          return stage.listensToRtcp;
        },
        next: (one) => this.reports.push(one),
      },
      reception: this.reception,
      traffic: this.traffic,
      time: { now: () => this.now, after: (ms, act) => void this.#timers.push({ at: this.now + ms, act }) },
    });
  }

  get timers(): number {
    return this.#timers.length;
  }

  get stats(): ReceiveStats {
    return this.reception.stats(this.now, undefined);
  }

  /** The sequence numbers heard so far. */
  get sequences(): number[] {
    return this.heard.map(({ sequence }) => sequence);
  }

  take(...all: readonly Uint8Array[]): this {
    for (const one of all) this.receiver.receive(one, this.now);
    return this;
  }

  /** Lets time pass and fires its timers, in order. */
  wait(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.now = next.at;
      next.act();
    }
    this.now = end;
    return this;
  }

  claim(ssrc: number, user: string): this {
    this.owners.set(ssrc, user);
    this.receiver.delivery.claimed(ssrc);
    return this;
  }
}
