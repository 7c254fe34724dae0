/**
 * Datagrams in, Opus packets out: one function from the socket to the packet. Whatever is wrong with a datagram is counted;
 * nothing that failed authentication goes on.
 */
import type { Seal } from '../crypto/seal.js';
import { hasDaveForm } from '../protocol/dave-frame.js';
import { isRtpSizeMode } from '../protocol/encryption-modes.js';
import { isRtcp, OPUS_PAYLOAD_TYPE, parseRtpHeader, RTP_HEADER_BYTES, rtpPayload, type RtpHeader } from '../protocol/rtp.js';
import type { Snowflake, VoicePacket } from '../types.js';
import type { FrameCipher } from './frame-cipher.js';
import { WaitingRoom } from './waiting-room.js';

/** SSRCs without an owner that are remembered as such. */
const MAX_STRANGERS = 256;

interface WaitingPacket {
  readonly header: RtpHeader;
  readonly payload: Uint8Array;
  readonly arrival: number;
}

/** What became of the datagrams that came. */
export interface ReceiveCounts {
  /** Packets given to the listeners. */
  received: number;
  /** RTCP, keepalive echoes, discovery replies, video. */
  other: number;
  /** Packets that failed transport decryption. */
  undecryptable: number;
  /** Packets of padding only, or whose header promises more than there is. */
  empty: number;
  /** Packets thrown away because nobody was named as their sender in time. */
  unclaimed: number;
  /** Packets whose end-to-end encryption could not be undone. */
  undecryptableE2ee: number;
}

export class Receiver {
  readonly counts: ReceiveCounts = { received: 0, other: 0, undecryptable: 0, empty: 0, unclaimed: 0, undecryptableE2ee: 0 };
  readonly #seal: Seal;
  readonly #userOf: (ssrc: number) => Snowflake | null;
  readonly #cipher: () => FrameCipher | null;
  readonly #onUnknown: (ssrc: number) => void;
  readonly #waiting = new WaitingRoom<WaitingPacket>();
  /** SSRCs that nobody has claimed in time. */
  readonly #strangers = new Set<number>();

  /**
   * @param userOf whose SSRC it is, null while nobody has said
   * @param cipher the end-to-end cipher in force, null when the call has none
   * @param onUnknown a packet of this SSRC waits for its owner: `claimed` or, when patience ends, `unclaimed` is to be called
   */
  constructor(
    seal: Seal,
    userOf: (ssrc: number) => Snowflake | null,
    cipher: () => FrameCipher | null,
    onUnknown: (ssrc: number) => void,
  ) {
    this.#onUnknown = onUnknown;
    this.#seal = seal;
    this.#userOf = userOf;
    this.#cipher = cipher;
  }

  /** The packet in a datagram that arrived at `arrival` (ms); undefined for whatever is no audio, or not authentic. */
  receive(datagram: Uint8Array, arrival: number): VoicePacket | undefined {
    const header = isRtcp(datagram) ? undefined : parseRtpHeader(datagram);
    if (header === undefined || header.payloadType !== OPUS_PAYLOAD_TYPE) {
      this.counts.other += 1;
      return undefined;
    }
    const rtpSize = isRtpSizeMode(this.#seal.mode);
    const body = this.#seal.open(datagram, rtpSize ? header.headerBytes : RTP_HEADER_BYTES);
    if (body === undefined) {
      this.counts.undecryptable += 1;
      return undefined;
    }
    const extensionBytes = rtpSize ? header.extensionBytes : legacyExtensionBytes(datagram, body);
    const payload = rtpPayload(body, extensionBytes, header.padding);
    if (payload === undefined) {
      this.counts.empty += 1;
      return undefined;
    }
    return this.#packet(header, payload, arrival);
  }

  /** Somebody claimed an SSRC at `now` (ms): the packets that had to wait for that. */
  claimed(ssrc: number, now: number): readonly VoicePacket[] {
    this.#strangers.delete(ssrc);
    const { packets, late } = this.#waiting.claim(ssrc, now);
    this.counts.unclaimed += late;
    return this.#packets(packets);
  }

  /** Nobody claimed an SSRC in time. What waited is given without a user, and so is what follows, at once; encrypted, it is lost. */
  unclaimed(ssrc: number): readonly VoicePacket[] {
    if (this.#userOf(ssrc) !== null) return [];
    // Bounded, whatever is sent to us: those forgotten wait again, that is all.
    if (this.#strangers.size >= MAX_STRANGERS) this.#strangers.clear();
    this.#strangers.add(ssrc);
    return this.#packets(this.#waiting.claim(ssrc, 0).packets);
  }

  #packets(packets: readonly WaitingPacket[]): readonly VoicePacket[] {
    return packets
      .map(({ header, payload, arrival }) => this.#packet(header, payload, arrival))
      .filter((packet) => packet !== undefined);
  }

  #hold(packet: WaitingPacket): void {
    const { ssrc } = packet.header;
    const first = !this.#waiting.has(ssrc);
    this.counts.unclaimed += this.#waiting.hold(ssrc, packet);
    if (first) this.#onUnknown(ssrc);
  }

  #packet(header: RtpHeader, payload: Uint8Array, arrival: number): VoicePacket | undefined {
    const { ssrc, sequence, timestamp } = header;
    const userId = this.#userOf(ssrc);
    const cipher = this.#cipher();
    if (userId === null && !this.#strangers.has(ssrc)) {
      this.#hold({ header, payload: payload.slice(), arrival });
      return undefined;
    }
    if (userId === null && cipher !== null) {
      this.counts.unclaimed += 1;
      return undefined;
    }
    // The seal's plaintext is only lent: what the listeners get is theirs.
    const frame = cipher === null || userId === null ? inTheClear(payload) : decrypt(cipher, userId, payload);
    if (frame === undefined) {
      this.counts.undecryptableE2ee += 1;
      return undefined;
    }
    this.counts.received += 1;
    return { userId, ssrc, sequence, timestamp, arrival, marker: header.marker, audioLevel: null, speaking: null, frame };
  }
}

/** Without a group only what fails the frame check is audio: who still encrypts has not heard of the downgrade yet. */
function inTheClear(payload: Uint8Array): Uint8Array | undefined {
  return hasDaveForm(payload) ? undefined : payload.slice();
}

/** A cipher that throws at a packet is no reason to end the process: anybody in the call could send such a packet. */
function decrypt(cipher: FrameCipher, userId: Snowflake, payload: Uint8Array): Uint8Array | undefined {
  try {
    return cipher.decrypt(userId, payload);
  } catch {
    return undefined;
  }
}

/** In the legacy modes CSRC list, extension preamble and elements are all inside the ciphertext. */
function legacyExtensionBytes(datagram: Uint8Array, body: Uint8Array): number {
  const csrcBytes = (datagram[0]! & 0x0f) * 4;
  if ((datagram[0]! & 0x10) === 0) return csrcBytes;
  const words = ((body[csrcBytes + 2] ?? 0xff) << 8) | (body[csrcBytes + 3] ?? 0xff);
  return csrcBytes + 4 + words * 4;
}
