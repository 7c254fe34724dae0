/** A raw client that speaks as a library does: joins, says what that says, plays and listens. */
import type { RawData } from 'ws';
import type { EncryptionMode } from '../../src/protocol/encryption-modes.js';
import { encodeClientBinary } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { readReady, type Ready } from '../../src/protocol/payloads.js';
import { DaveyClient, type DaveMessage } from '../support/davey-client.js';
import { credentialsOf, RawVoiceClient, type Admission, type Credentials } from '../support/raw-voice-client.js';
import { identifyOf, type Profile } from './profiles.js';

const SILENCE = 'f8fffe';

export class Visitor {
  /** A heartbeat's `d`, and that of its answer, as texts. */
  readonly beats: (readonly [sent: string, answered: string])[] = [];
  #davey: DaveyClient | undefined;
  #beat = 0;
  #sequence = 0;

  readonly #acks: string[] = [];

  private constructor(
    readonly profile: Profile,
    /** A resume brings another one. */
    public client: RawVoiceClient,
    { user_id: userId, channel_id: channelId }: Admission['voiceState'],
  ) {
    if (profile.dave) {
      this.#davey = new DaveyClient(userId, channelId!, (message) =>
        'body' in message ? this.client.socket.send(encodeClientBinary(message.op, message.body)) : this.client.send(message.op, message.d),
      );
    }
    this.#listen();
  }

  static async join(endpoint: string, admission: Admission, profile: Profile, mode: EncryptionMode): Promise<Visitor> {
    if (profile.namesHost && !/^[a-z]/i.test(new URL(endpoint).hostname)) throw new Error(`no host name in ${endpoint}`);
    const client = await open(endpoint, profile);
    const visitor = new Visitor(profile, client, admission.voiceState);
    const hello = client.next(VoiceOp.Hello);
    if (profile.afterHello === true) await hello;
    client.send(VoiceOp.Identify, identifyOf(profile, credentialsOf(admission)));
    const { d } = await client.next(VoiceOp.Ready);
    client.ready = readReady(d) as Ready;
    const interval = ((await hello).d as { heartbeat_interval: number }).heartbeat_interval;
    if (profile.beatsByReady === true && (d as { heartbeat_interval: number }).heartbeat_interval !== interval)
      throw new Error('Ready names another heartbeat interval than Hello');
    await client.bind();
    await client.select(mode, await client.discover());
    return visitor;
  }

  /** The WebSocket breaks, and another one takes the session up, with a UDP socket of its own. */
  async resume(endpoint: string, { guildId, sessionId, token }: Credentials): Promise<void> {
    const former = this.client;
    former.leave();
    this.client = await open(endpoint, this.profile);
    this.#listen();
    this.client.send(VoiceOp.Resume, { server_id: guildId, session_id: sessionId, token });
    await this.client.next(VoiceOp.Resumed);
    Object.assign(this.client, { ready: former.ready, description: former.description, seal: former.seal });
    await this.client.bind();
    await this.client.discover();
  }

  /** A heartbeat; what was sent before has come to the server, and what that sent before has come here. */
  async beat(): Promise<void> {
    const text = this.profile.heartbeat(this.#beat++);
    const ack = this.client.next(VoiceOp.HeartbeatAck);
    this.client.socket.send(`{"op":${VoiceOp.Heartbeat},"d":${text}}`);
    await ack;
    this.beats.push([text, this.#acks.shift()!]);
  }

  speak(): void {
    this.client.send(VoiceOp.Speaking, this.profile.speaking(this.client.ssrc));
  }

  idle(): number {
    const datagrams = this.profile.keepalives(this.client.ssrc);
    for (const datagram of datagrams) this.client.sendDatagram(datagram);
    return datagrams.length;
  }

  play(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      const payload = this.#davey === undefined ? frame : this.#davey.encrypt(frame);
      this.client.sendDatagram(this.client.audio({ sequence: this.#sequence++, payload }));
    }
  }

  /** The next `count` frames of a user, as hexadecimal text. Byte 1 has to be 0x78: JDA, Eris, Dysnomia and disgo know no other audio. */
  async hear(userId: string, count: number): Promise<string[]> {
    const heard: string[] = [];
    while (heard.length < count) {
      const datagram = await this.client.datagram((bytes) => bytes.length > 12 && bytes[0]! >>> 6 === 2 && bytes[1] === 0x78);
      const { body } = this.client.openAudio(datagram);
      const plain = Buffer.from(body).toString('hex');
      if (plain === SILENCE) continue;
      heard.push(this.#davey === undefined ? plain : this.#davey.decrypt(userId, body).toString('hex'));
    }
    return heard;
  }

  leave(): void {
    this.client.leave(1000);
  }

  #listen(): void {
    this.client.socket.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = data as Buffer;
      // `seq u16 ‖ op ‖ body`, and before version 8 no number.
      const at = this.profile.version === 8 ? 2 : 0;
      if (isBinary) return this.#davey?.handle({ op: bytes[at]!, body: bytes.subarray(at + 1) });
      const text = bytes.toString();
      const ack = /^\{"op":6,"d":(.*)\}$/.exec(text);
      if (ack !== null) this.#acks.push(ack[1]!);
      this.#davey?.handle(JSON.parse(text) as DaveMessage);
    });
  }
}

function open(endpoint: string, { version }: Profile): Promise<RawVoiceClient> {
  return RawVoiceClient.open(endpoint, { query: version === undefined ? '' : `?v=${version}` });
}
