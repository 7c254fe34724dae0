/** A minimal voice client that sends only what it is told to, valid or not: for tests of the server. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { createSeal, type Seal } from '../../src/crypto/seal.js';
import { identify, selectProtocol, speaking } from '../../src/protocol/commands.js';
import { encodeDiscoveryRequest, parseDiscoveryReply, type DiscoveredAddress } from '../../src/protocol/discovery.js';
import type { EncryptionMode } from '../../src/protocol/encryption-modes.js';
import { encodeJsonFrame, parseServerFrame, type JsonFrame } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { readReady, readSessionDescription, type Ready, type SessionDescription } from '../../src/protocol/payloads.js';
import { writeRtpHeader } from '../../src/protocol/rtp.js';

/** What `admit` returns, which is what both gateway events carry. */
export interface Admission {
  readonly voiceState: {
    readonly guild_id: string;
    readonly channel_id: string | null;
    readonly user_id: string;
    readonly session_id: string;
  };
  readonly voiceServer: { readonly token: string; readonly endpoint: string | null };
}

export interface Credentials {
  readonly guildId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
}

export function credentialsOf({ voiceState, voiceServer }: Admission): Credentials {
  return {
    guildId: voiceState.guild_id,
    userId: voiceState.user_id,
    sessionId: voiceState.session_id,
    token: voiceServer.token,
  };
}

/** Keeps received items until they are asked for. */
class Inbox<T> {
  readonly all: T[] = [];
  readonly #pending: T[] = [];
  readonly #waiting: { readonly wanted: (item: T) => boolean; readonly resolve: (item: T) => void }[] = [];

  push(item: T): void {
    this.all.push(item);
    const index = this.#waiting.findIndex(({ wanted }) => wanted(item));
    if (index < 0) this.#pending.push(item);
    else this.#waiting.splice(index, 1)[0]!.resolve(item);
  }

  take(wanted: (item: T) => boolean): Promise<T> {
    const index = this.#pending.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.#pending.splice(index, 1)[0]!);
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }
}

export interface AudioPacket {
  readonly sequence: number;
  readonly timestamp?: number;
  readonly payload: Uint8Array;
  readonly ssrc?: number;
  /** Replaces the plain 12-byte header; has its own fields. */
  readonly header?: Uint8Array;
}

export class RawVoiceClient {
  /** The close code of the WebSocket. */
  readonly closed: Promise<number>;
  readonly #frames = new Inbox<JsonFrame>();
  /** The nonce of the last heartbeat of `settle`, larger than those that tests choose. */
  #settled = 1_000_000;
  readonly #datagrams = new Inbox<Buffer>();
  udp: Socket | undefined;
  ready: Ready | undefined;
  description: SessionDescription | undefined;
  seal: Seal | undefined;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const frame = isBinary ? undefined : parseServerFrame((data as Buffer).toString());
      if (frame?.kind === 'json') this.#frames.push(frame);
    });
  }

  /** Opens the WebSocket. `query` is what follows the endpoint; default `?v=8`. */
  static async open(
    endpoint: string,
    options: { readonly query?: string; readonly ca?: string } = {},
  ): Promise<RawVoiceClient> {
    const url = endpoint.startsWith('ws://') ? endpoint : `wss://${endpoint}`;
    const socket = new WebSocket(`${url}/${options.query ?? '?v=8'}`, options.ca === undefined ? {} : { ca: options.ca });
    const client = new RawVoiceClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** All JSON frames received so far. */
  get frames(): readonly JsonFrame[] {
    return this.#frames.all;
  }

  get ssrc(): number {
    return this.ready!.ssrc;
  }

  /** The next frame of an opcode; skipped frames remain available. */
  next(op: number): Promise<JsonFrame> {
    return this.#frames.take((frame) => frame.op === op);
  }

  send(op: number, d: unknown): void {
    this.socket.send(encodeJsonFrame(op, d));
  }

  /** Sends a heartbeat and awaits its ack: all earlier sends were handled, and all that the server sent earlier has arrived. */
  async settle(t = (this.#settled += 1)): Promise<void> {
    this.send(VoiceOp.Heartbeat, { t, seq_ack: -1 });
    await this.#frames.take(({ op, d }) => op === VoiceOp.HeartbeatAck && (d as { t: number }).t === t);
  }

  async identify(credentials: Credentials): Promise<Ready> {
    this.socket.send(identify(credentials, 0));
    this.ready = must(readReady((await this.next(VoiceOp.Ready)).d));
    return this.ready;
  }

  async bind(): Promise<void> {
    this.udp = createSocket('udp4');
    this.udp.on('message', (datagram) => this.#datagrams.push(datagram));
    this.udp.bind(0, '127.0.0.1');
    await once(this.udp, 'listening');
  }

  sendDatagram(datagram: Uint8Array): void {
    this.udp!.send(datagram, this.ready!.port, this.ready!.ip);
  }

  /** The next datagram that satisfies `wanted`. */
  datagram(wanted: (datagram: Buffer) => boolean = () => true): Promise<Buffer> {
    return this.#datagrams.take(wanted);
  }

  /** All UDP datagrams received so far. */
  get datagrams(): readonly Buffer[] {
    return this.#datagrams.all;
  }

  async discover(): Promise<DiscoveredAddress> {
    this.sendDatagram(encodeDiscoveryRequest(this.ssrc));
    return parseDiscoveryReply(
      await this.datagram((datagram) => parseDiscoveryReply(datagram, this.ssrc) !== undefined),
      this.ssrc,
    )!;
  }

  async select(mode: EncryptionMode, address: DiscoveredAddress): Promise<SessionDescription> {
    this.socket.send(selectProtocol(address, mode));
    this.description = must(readSessionDescription((await this.next(VoiceOp.SessionDescription)).d));
    this.resetSeal();
    return this.description;
  }

  /** Restarts the nonce counter, with the same key. */
  resetSeal(): void {
    const { mode, secretKey } = this.description!;
    this.seal = createSeal(mode as EncryptionMode, secretKey, { counter: 0x8000_0000, random: randomBytes });
  }

  /** The whole join, up to and including Speaking. */
  static async join(
    endpoint: string,
    admission: Admission,
    options: { readonly mode?: EncryptionMode; readonly query?: string; readonly ca?: string } = {},
  ): Promise<RawVoiceClient> {
    const client = await RawVoiceClient.open(endpoint, options);
    await client.identify(credentialsOf(admission));
    await client.bind();
    await client.select(options.mode ?? 'aead_aes256_gcm_rtpsize', await client.discover());
    client.socket.send(speaking(1, client.ssrc));
    return client;
  }

  /** The sealed datagram of an audio packet. */
  audio({ sequence, timestamp = sequence * 960, payload, ssrc = this.ssrc, header }: AudioPacket): Uint8Array {
    const plain = new Uint8Array(12);
    writeRtpHeader(plain, sequence, timestamp, ssrc);
    return this.seal!.seal(header ?? plain, payload);
  }

  /** Header and plaintext of a forwarded packet; throws if it is not sealed with this client's key. */
  openAudio(datagram: Uint8Array, clear = 12): { readonly header: Uint8Array; readonly body: Uint8Array } {
    const body = this.seal!.open(datagram, clear);
    if (body === undefined) throw new Error('the datagram is not authentic');
    return { header: Uint8Array.from(datagram.subarray(0, clear)), body: Uint8Array.from(body) };
  }

  /** Closes the client's sockets, without a close frame unless a code is given. */
  leave(code?: number): void {
    if (code === undefined) this.socket.terminate();
    else this.socket.close(code);
    this.udp?.close();
    this.udp = undefined;
  }
}

/** Whether a datagram is RTP audio. */
export function isAudio(datagram: Uint8Array): boolean {
  return datagram.length > 12 && datagram[0]! >>> 6 === 2 && (datagram[1]! & 0x7f) === 0x78;
}

function must<T extends object>(read: T | string): T {
  if (typeof read === 'string') throw new Error(read);
  return read;
}
