/**
 * Datagrams in, Opus packets out: one synchronous call from the socket to who listens. Whatever is wrong with a datagram is counted;
 * nothing that failed authentication goes on.
 */
import type { Seal } from '../../crypto/seal.js';
import { datagramKind } from '../../protocol/datagram.js';
import { isRtpSizeMode } from '../../protocol/encryption-modes.js';
import { parseRtcp, RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import { EXTENSION_AUDIO_LEVEL, EXTENSION_SPEAKING, extensionElement } from '../../protocol/rtp-extensions.js';
import { paddingStart, parseRtpHeader, PREAMBLE_BYTES, RTP_HEADER_BYTES, uint16 } from '../../protocol/rtp.js';
import { Delivery, type DeliveryHost, type Incoming } from './delivery.js';
import { audioLevel, extensionFlags } from './packet-extensions.js';
import type { Reception } from './reception.js';

/** What a {@link Receiver} needs of the session around it. */
export interface ReceiverHost extends DeliveryHost {
  /** Whether anybody listens to RTCP. */
  listensToRtcp(): boolean;
  /** Gives a packet of RTCP to who listens. */
  rtcp(packet: RtcpPacket): void;
}

/** The receiving half of one media session. */
export class Receiver {
  /** Where packets go whose transport encryption is off. */
  readonly delivery: Delivery;
  readonly #seal: Seal;
  readonly #rtpSize: boolean;
  readonly #host: ReceiverHost;
  readonly #reception: Reception;

  /** @param reception the session's books, which outlive the receiver */
  constructor(seal: Seal, host: ReceiverHost, reception: Reception) {
    this.#seal = seal;
    this.#rtpSize = isRtpSizeMode(seal.mode);
    this.#host = host;
    this.#reception = reception;
    this.delivery = new Delivery(host, reception);
  }

  /** Takes a datagram that arrived at `arrival` (ms). Never throws. */
  receive(datagram: Uint8Array, arrival: number): void {
    const { datagrams } = this.#reception;
    datagrams.received += 1;
    const kind = datagramKind(datagram);
    if (kind === 'audio') this.#audio(datagram, arrival);
    else if (kind === 'rtcp') this.#rtcp(datagram);
    else datagrams[kind] += 1;
  }

  #audio(datagram: Uint8Array, arrival: number): void {
    const { datagrams } = this.#reception;
    const header = parseRtpHeader(datagram);
    if (header === undefined) {
      datagrams.malformed += 1;
      return;
    }
    const { ssrc, sequence, timestamp, marker } = header;
    const userId = this.#host.userOf(ssrc);
    if (!this.#host.listensTo(userId)) return this.#reception.unheard(userId);
    const body = this.#seal.open(datagram, this.#rtpSize ? header.headerBytes : RTP_HEADER_BYTES);
    if (body === undefined) {
      datagrams.undecryptable += 1;
      return;
    }
    const start = this.#rtpSize ? header.extensionBytes : legacyExtensionBytes(datagram, body);
    const end = paddingStart(body, header.padding);
    if (end < start) {
      datagrams.malformed += 1;
      if (userId !== null) this.#reception.of(userId).arrived(ssrc, sequence, timestamp, arrival);
      return;
    }
    const frame = body.subarray(start, end);
    const packet: Incoming = { userId, ssrc, sequence, timestamp, arrival, marker, audioLevel: null, speaking: null, frame };
    if (start > 0 && (datagram[0]! & 0x10) !== 0) {
      if (this.#rtpSize) readElements(packet, body, 0, start, uint16(datagram, header.headerBytes - PREAMBLE_BYTES));
      else readLegacyElements(packet, datagram, body, start);
    }
    this.delivery.take(packet);
  }

  #rtcp(datagram: Uint8Array): void {
    const { datagrams } = this.#reception;
    if (!this.#host.listensToRtcp()) return this.#reception.unheard(null);
    const body = this.#seal.open(datagram, RTCP_CLEAR_BYTES);
    if (body === undefined) {
      datagrams.rtcpUndecryptable += 1;
      return;
    }
    const compound = new Uint8Array(RTCP_CLEAR_BYTES + body.length);
    compound.set(datagram.subarray(0, RTCP_CLEAR_BYTES));
    compound.set(body, RTCP_CLEAR_BYTES);
    const packets = parseRtcp(compound);
    if (packets === undefined) {
      datagrams.rtcpMalformed += 1;
      return;
    }
    datagrams.rtcp += 1;
    for (const packet of packets) this.#host.rtcp(packet);
  }
}

function readElements(packet: Incoming, body: Uint8Array, from: number, to: number, profile: number): void {
  const level = extensionElement(body, from, to, profile, EXTENSION_AUDIO_LEVEL);
  if (level >= 0) packet.audioLevel = audioLevel(body[level]!);
  const flags = extensionElement(body, from, to, profile, EXTENSION_SPEAKING);
  if (flags >= 0) packet.speaking = extensionFlags(body[flags]!);
}

/** In the legacy modes CSRC list, extension preamble and elements are all inside the ciphertext, before the payload at `end`. */
function readLegacyElements(packet: Incoming, datagram: Uint8Array, body: Uint8Array, end: number): void {
  const preamble = csrcBytes(datagram);
  readElements(packet, body, preamble + PREAMBLE_BYTES, end, uint16(body, preamble));
}

function legacyExtensionBytes(datagram: Uint8Array, body: Uint8Array): number {
  const preamble = csrcBytes(datagram);
  if ((datagram[0]! & 0x10) === 0) return preamble;
  if (body.length < preamble + PREAMBLE_BYTES) return Infinity;
  return preamble + PREAMBLE_BYTES + uint16(body, preamble + 2) * 4;
}

function csrcBytes(datagram: Uint8Array): number {
  return (datagram[0]! & 0x0f) * 4;
}
