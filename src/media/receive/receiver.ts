/**
 * Datagrams in, Opus packets out: one synchronous call from the socket to the listeners. Whatever is wrong with a datagram is counted.
 * A packet that fails authentication is dropped, and no packet is emitted twice.
 */
import type { Subject } from 'rxjs';
import type { Seal } from '../../crypto/seal.js';
import { datagramKind } from '../../protocol/datagram.js';
import { isRtpSizeMode } from '../../protocol/encryption-modes.js';
import { parseRtcp, RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import { EXTENSION_AUDIO_LEVEL, EXTENSION_SPEAKING, extensionElement } from '../../protocol/rtp-extensions.js';
import { paddingStart, parseRtpHeader, PREAMBLE_BYTES, RTP_HEADER_BYTES, uint16, type RtpHeader } from '../../protocol/rtp.js';
import type { Snowflake } from '../../types.js';
import type { Traffic } from '../traffic.js';
import { Delivery, type DeliveryOptions, type Incoming } from './delivery.js';
import { audioLevel, extensionFlags } from './packet-extensions.js';
import { ReplayGuard } from './replay-guard.js';

/** What a {@link Receiver} needs from its session. */
export interface ReceiverOptions extends DeliveryOptions {
  readonly seal: Seal;
  /** The listeners of RTCP. While there are none, RTCP is not decrypted for them. */
  readonly rtcp$: Pick<Subject<RtcpPacket>, 'observed' | 'next'>;
  /** Gets the datagrams that are not media: answers to pings, keepalives and IP discovery. */
  readonly control?: { take(datagram: Uint8Array): void };
  readonly traffic: Traffic;
}

/** The receiving half of one media session. */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #rtpSize: boolean;
  /** Both are made with the first packet that somebody listens to: most sessions only play. */
  #delivery: Delivery | undefined;
  #replays: ReplayGuard | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#rtpSize = isRtpSizeMode(options.seal.mode);
  }

  /** Gets packets after transport decryption. */
  get delivery(): Delivery {
    return (this.#delivery ??= new Delivery(this.#options));
  }

  /** The owner of an SSRC is now known. */
  claimed(ssrc: number): void {
    this.#delivery?.claimed(ssrc);
  }

  /** The keys may have changed. */
  retry(): void {
    this.#delivery?.retry();
  }

  /** The media session is over. */
  close(): void {
    this.delivery.close();
  }

  /** Takes a datagram that arrived at `arrival` (ms). Never throws. */
  receive(datagram: Uint8Array, arrival: number): void {
    const { datagrams } = this.#options.reception;
    datagrams.received += 1;
    const kind = datagramKind(datagram);
    if (kind === 'audio') this.#audio(datagram, arrival);
    else if (kind === 'rtcp') this.#rtcp(datagram, arrival);
    else {
      datagrams[kind] += 1;
      if (kind === 'control') this.#options.control?.take(datagram);
      else if (kind === 'other' && this.#options.traffic.receivedRtp$.observed) this.#seen(parseRtpHeader(datagram), datagram, arrival, null);
    }
  }

  #audio(datagram: Uint8Array, arrival: number): void {
    const header = parseRtpHeader(datagram);
    if (header === undefined) {
      this.#options.reception.datagrams.malformed += 1;
      return;
    }
    const { seal, roster, packets, reception, traffic } = this.#options;
    const userId = roster.userOf(header.ssrc);
    const seen = traffic.receivedRtp$.observed;
    if (!packets.listensTo(userId)) {
      if (seen) this.#seen(header, datagram, arrival, null);
      this.#replays?.interrupt(header.ssrc);
      return reception.unheard(userId);
    }
    const body = seal.open(datagram, this.#rtpSize ? header.headerBytes : RTP_HEADER_BYTES);
    if (body === undefined) reception.datagrams.undecryptable += 1;
    else if (!(this.#replays ??= new ReplayGuard()).first(header.ssrc, header.sequence)) reception.duplicate(userId);
    else this.#opened(header, userId, datagram, body, arrival);
    // Last, because the body is borrowed memory, and a listener may send something in answer, which overwrites it.
    if (seen) this.#seen(header, datagram, arrival, body !== undefined);
  }

  #opened(header: RtpHeader, userId: Snowflake | null, datagram: Uint8Array, body: Uint8Array, arrival: number): void {
    const { ssrc, sequence, timestamp, marker } = header;
    const start = this.#rtpSize ? header.extensionBytes : legacyExtensionBytes(datagram, body);
    const end = paddingStart(body, header.padding);
    if (end < start) {
      this.#options.reception.datagrams.malformed += 1;
      if (userId !== null) this.#options.reception.of(userId).arrived(ssrc, sequence, timestamp, arrival);
      return;
    }
    // In most packets the whole body is the frame; then no further view is made.
    const frame = start === 0 && end === body.length ? body : body.subarray(start, end);
    const packet: Incoming = { userId, ssrc, sequence, timestamp, arrival, marker, audioLevel: null, speaking: null, frame };
    if (start > 0 && (datagram[0]! & 0x10) !== 0) {
      if (this.#rtpSize) readElements(packet, body, 0, start, uint16(datagram, header.headerBytes - PREAMBLE_BYTES));
      else readLegacyElements(packet, datagram, body, start);
    }
    this.delivery.take(packet);
  }

  #rtcp(datagram: Uint8Array, arrival: number): void {
    const { seal, rtcp$, reception, traffic } = this.#options;
    const { datagrams } = reception;
    const { receivedRtcp$ } = traffic;
    if (!rtcp$.observed && !receivedRtcp$.observed) return reception.unheard(null);
    const body = seal.open(datagram, RTCP_CLEAR_BYTES);
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
    if (receivedRtcp$.observed) receivedRtcp$.next({ packets, bytes: datagram.length, at: arrival });
    for (const packet of packets) rtcp$.next(packet);
  }

  /** Reports RTP that arrived. Without a header it is not RTP, and is not reported. */
  #seen(header: RtpHeader | undefined, { length: bytes }: Uint8Array, at: number, authentic: boolean | null): void {
    if (header === undefined) return;
    const { ssrc, payloadType, sequence, timestamp, marker } = header;
    const userId = this.#options.roster.userOf(ssrc);
    this.#options.traffic.receivedRtp$.next({ ssrc, userId, payloadType, sequence, timestamp, marker, bytes, at, authentic });
  }
}

function readElements(packet: Incoming, body: Uint8Array, from: number, to: number, profile: number): void {
  const level = extensionElement(body, from, to, profile, EXTENSION_AUDIO_LEVEL);
  if (level >= 0) packet.audioLevel = audioLevel(body[level]!);
  const flags = extensionElement(body, from, to, profile, EXTENSION_SPEAKING);
  if (flags >= 0) packet.speaking = extensionFlags(body[flags]!);
}

/** In the legacy modes the CSRC list, extension preamble and elements are all inside the ciphertext, before the payload at `end`. */
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
