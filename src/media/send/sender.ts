/** Opus packets in, datagrams out: owns the sequence number and timestamp of one SSRC, and the seal of one secret key. */
import type { Seal } from '../../crypto/seal.js';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../../protocol/rtp.js';
import { uint16Add, uint32Add } from '../../protocol/wrap.js';
import type { MediaTime } from '../media-time.js';
import type { Traffic } from '../traffic.js';

/** The RTP fields of a packet that was sent, and the bytes of its datagram. */
export interface SentPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly bytes: number;
}

/** What a {@link Sender} needs. */
export interface SenderOptions {
  readonly ssrc: number;
  readonly seal: Seal;
  /** Six bytes of it choose the first sequence number and timestamp (RFC 3550 section 5.1). */
  readonly random: (bytes: number) => Uint8Array;
  readonly port: DatagramSink;
  readonly traffic: Traffic;
  readonly time: Pick<MediaTime, 'now'>;
}

/** Sends datagrams. Each must have its own buffer, because a full socket keeps it for later. */
export interface DatagramSink {
  send(datagram: Uint8Array): void;
}

/** Our own sockets, which copy what they must keep: a buffer for each datagram would be a third of the garbage of a session that plays. */
export interface CopyingSink extends DatagramSink {
  /** As `send`, with a datagram whose memory is overwritten after the call. */
  sendCopy(datagram: Uint8Array): void;
}

export function isCopying(sink: DatagramSink): sink is CopyingSink {
  return 'sendCopy' in sink;
}

/** The header of the packet being sealed. Sealing copies it, so one buffer serves all sessions. */
const header = new Uint8Array(RTP_HEADER_BYTES);

export class Sender {
  readonly ssrc: number;
  readonly #seal: Seal;
  readonly #port: DatagramSink;
  /** The same port if it copies. */
  readonly #copying: CopyingSink | undefined;
  readonly #traffic: Traffic;
  readonly #time: Pick<MediaTime, 'now'>;
  // Numbers from the beginning: in a field that was once undefined, V8 makes a new object for each number.
  #sequence = 0;
  #timestamp = 0;
  /** Reused for all packets: otherwise each session would make garbage fifty times a second. */
  readonly #told = { sequence: 0, timestamp: 0, bytes: 0 };

  constructor({ ssrc, seal, random, port, traffic, time }: SenderOptions) {
    this.ssrc = ssrc;
    this.#seal = seal;
    this.#port = port;
    this.#copying = isCopying(port) ? port : undefined;
    this.#traffic = traffic;
    this.#time = time;
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = random(6);
    this.#sequence = (a << 8) | b;
    this.#timestamp = ((c << 24) | (d << 16) | (e << 8) | f) >>> 0;
  }

  /** Sends a packet of `samples` (48 kHz). The result is valid until the next packet is sent. */
  send(payload: Uint8Array, samples: number): SentPacket {
    const sequence = this.#sequence;
    const timestamp = this.#timestamp;
    writeRtpHeader(header, sequence, timestamp, this.ssrc);
    const copying = this.#copying;
    const datagram = copying === undefined ? this.#seal.seal(header, payload) : this.#seal.sealBriefly(header, payload);
    const bytes = datagram.length;
    this.#sequence = uint16Add(sequence, 1);
    this.#timestamp = uint32Add(timestamp, samples);
    if (copying === undefined) this.#port.send(datagram);
    else copying.sendCopy(datagram);
    const { sent, sentRtp$ } = this.#traffic;
    sent.packets += 1;
    sent.octets += payload.length;
    if (sentRtp$.observed) sentRtp$.next({ sequence, timestamp, payloadBytes: payload.length, bytes, at: this.#time.now() });
    const told = this.#told;
    told.sequence = sequence;
    told.timestamp = timestamp;
    told.bytes = bytes;
    return told;
  }

  /** Moves the RTP timestamp over a gap, so that receivers do not mistake the pause for network delay. */
  skip(samples: number): void {
    this.#timestamp = uint32Add(this.#timestamp, samples);
  }
}
