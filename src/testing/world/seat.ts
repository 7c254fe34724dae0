/** One bot in one guild, from the server's side: its channel, and its session with the voice server. */
import { Subject, type Observer } from 'rxjs';
import { createSeal, type Seal } from '../../crypto/seal.js';
import { encodeClientBinary, encodeJsonFrame, encodeServerBinary } from '../../protocol/frames.js';
import type { EncryptionMode } from '../../protocol/encryption-modes.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { field } from '../../protocol/payloads.js';
import type { Snowflake } from '../../types.js';
import type { CallSeat, GuildCall } from './guild-call.js';
import type { OwnEvent } from './journal.js';
import { memberPacket, type MemberPacket } from './member-packet.js';
import { packetReader, type VirtualPacket } from './packet-reader.js';
import type { ServerSocket, SocketSeat } from './virtual-socket.js';
import type { ServerUdp, UdpSeat } from './virtual-udp.js';
import type { VirtualFrame } from './virtual-world.js';
import { voiceState } from './voice-state.js';
import type { World } from './world.js';

const FIRST_KEY = 7;
const FIRST_PORT = 50_000;
const ADDRESS = '127.0.0.1';

/** The bot that the seat belongs to. */
export interface SeatBot {
  readonly userId: Snowflake;
  readonly sessionId: string;
  readonly frames$: Observer<VirtualFrame>;
  readonly packets$: Observer<VirtualPacket>;
  readonly sockets$: Observer<string>;
  /** Dispatches to the bot; a voice state of the bot itself is also sent to the other bots. */
  dispatch(t: string, d: Readonly<Record<string, unknown>>): void;
  /** Dispatches to this bot only. */
  hear(t: string, d: Readonly<Record<string, unknown>>): void;
  /** Sends a voice state of this bot to the other bots of the guild. */
  tellOthers(guildId: Snowflake, d: Readonly<Record<string, unknown>>): void;
  /** The voice server of a guild, unless the test sends another one. */
  endpointOf(guildId: Snowflake): string;
  /** Registers an endpoint as the one of this guild. */
  named(endpoint: string, guildId: Snowflake): void;
}

export class Seat implements CallSeat, SocketSeat, UdpSeat {
  readonly bot: SeatBot;
  readonly guildId: Snowflake;
  readonly port: number;
  readonly frames$ = new Subject<VirtualFrame>();
  readonly packets$ = new Subject<VirtualPacket>();
  readonly sockets$ = new Subject<string>();
  /** The channel of the bot, by the last voice state. */
  present: Snowflake | null = null;
  /** The channel that the bot asked for, and was not removed from. */
  wish: Snowflake | null = null;
  readonly #world: World;
  readonly #call: GuildCall;
  readonly #key: Uint8Array;
  #socket: ServerSocket | undefined;
  #udp: ServerUdp | undefined;
  #ssrc = 0;
  #mode: EncryptionMode;
  /** The server's cipher. One for all sessions of a mode: they share the key, so its nonce counter must not restart. */
  #seal: Seal | undefined;
  /** Whether the voice state being dispatched answers the bot's own op 4. */
  #answering = false;
  /** The close code for the next Resume. */
  #refusal: number | undefined;

  constructor(world: World, call: GuildCall, bot: SeatBot, guildId: Snowflake) {
    const index = world.nextSeat();
    this.#world = world;
    this.#call = call;
    this.bot = bot;
    this.guildId = guildId;
    this.port = FIRST_PORT + index;
    this.#key = new Uint8Array(32).fill(FIRST_KEY + index);
    this.#mode = world.modes[0]!;
    call.seat(this);
  }

  note(event: OwnEvent): void {
    this.#world.journal?.note(event, this.bot.userId, this.guildId);
  }

  // The bot gateway.

  command(channelId: Snowflake | null): void {
    this.note({ type: 'command', channelId });
    this.wish = channelId;
    const world = this.#world;
    const rounds = world.eventOrder === 'state-first' ? { state: 1, server: 2 } : { state: 2, server: 1 };
    const stays = channelId === this.present;
    if (channelId === null) {
      if (this.present !== null) this.bot.tellOthers(this.guildId, voiceState(this.guildId, null, this.bot.sessionId, this.bot.userId));
      return this.#leave();
    }
    world.later('state', rounds.state, () => {
      this.#answering = true;
      this.bot.dispatch('VOICE_STATE_UPDATE', voiceState(this.guildId, channelId, this.bot.sessionId, this.bot.userId));
      this.#answering = false;
    });
    // As at Discord: a mute change does not send a voice server.
    if (!stays) world.later('server', rounds.server, () => this.nameServer(this.bot.endpointOf(this.guildId)));
  }

  nameServer(endpoint: string | null): void {
    const what = endpoint === null ? 'the voice server was taken away' : 'another voice server was named';
    if (this.#socket !== undefined) this.note({ type: 'fault', what });
    if (endpoint !== null) this.bot.named(endpoint, this.guildId);
    this.bot.dispatch('VOICE_SERVER_UPDATE', { guild_id: this.guildId, token: this.#world.nextToken(), endpoint });
  }

  kick(): void {
    this.note({ type: 'kick' });
    this.bot.dispatch('VOICE_STATE_UPDATE', voiceState(this.guildId, null, this.bot.sessionId, this.bot.userId));
    this.#socket?.close(4014);
  }

  /** A voice state of the bot itself. */
  placed(channelId: Snowflake | null, changed: boolean): void {
    this.note({ type: 'state', channelId, changed: changed || this.#answering });
    if (channelId === null) {
      this.wish = null;
      this.#leave();
    } else this.present = channelId;
  }

  #leave(): void {
    this.#call.depart(this);
    this.present = null;
  }

  // The voice WebSocket.

  opened(socket: ServerSocket): void {
    this.#socket = socket;
  }

  closed(socket: ServerSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  sockets(event: string): void {
    this.sockets$.next(event);
    this.bot.sockets$.next(event);
  }

  say(op: number, d: unknown, seq?: number): void {
    this.#socket?.say(encodeJsonFrame(op, d, seq));
  }

  sayBinary(op: number, body: Uint8Array, seq: number): void {
    this.#socket?.say(this.#world.version >= 8 ? encodeServerBinary(op, body, seq) : encodeClientBinary(op, body));
  }

  close(code: number): void {
    this.note({ type: 'fault', what: `the WebSocket was closed with ${code}` });
    this.#socket?.close(code);
  }

  refuseResume(code: number): void {
    this.#refusal = code;
  }

  frame(frame: VirtualFrame, socket: ServerSocket): void {
    this.frames$.next(frame);
    this.bot.frames$.next(frame);
    const world = this.#world;
    const say = (op: number, d: unknown): void => socket.say(encodeJsonFrame(op, d));
    switch (frame.op) {
      case VoiceOp.Identify:
        this.#ssrc = world.nextSsrc();
        world.later('ready', 1, () => say(VoiceOp.Ready, { ssrc: this.#ssrc, ip: ADDRESS, port: this.port, modes: world.modes }));
        break;
      case VoiceOp.SelectProtocol:
        this.#mode = field(field(frame.d, 'data'), 'mode') as EncryptionMode;
        world.later('description', 1, () => {
          say(VoiceOp.SessionDescription, { mode: this.#mode, secret_key: [...this.#key], dave_protocol_version: world.daveVersion });
          this.#call.arrive(this);
        });
        break;
      case VoiceOp.Heartbeat:
        world.later('heartbeat', 1, () => say(VoiceOp.HeartbeatAck, world.version >= 8 ? { t: field(frame.d, 't') } : frame.d));
        break;
      case VoiceOp.Speaking:
        this.#spoke(field(frame.d, 'speaking'));
        break;
      case VoiceOp.Resume:
        world.later('resumed', 1, () => {
          const code = this.#refusal;
          this.#refusal = undefined;
          if (code === undefined) say(VoiceOp.Resumed, null);
          else socket.close(code);
        });
        break;
    }
  }

  /** Informs the other bots of the channel. */
  #spoke(speaking: unknown): void {
    const d = { user_id: this.bot.userId, ssrc: this.#ssrc, speaking };
    for (const other of this.#call.beside(this)) other.say(VoiceOp.Speaking, d);
  }

  /** A DAVE message. */
  binary(message: Uint8Array): void {
    if (message[0] === VoiceOp.MlsKeyPackage) this.#world.later('dave', 1, () => this.#call.keyPackage(this));
  }

  // UDP.

  /** Returns the function that reads the client's datagrams. */
  bound(udp: ServerUdp): (datagram: Uint8Array) => void {
    this.#udp = udp;
    const read = packetReader(() => createSeal(this.#mode, this.#key, { random: (bytes) => new Uint8Array(bytes) }));
    return (datagram) => {
      const sealed = read(datagram);
      if (sealed !== undefined) this.#packet(this.#call.opened(sealed), sealed.payload);
    };
  }

  unbound(udp: ServerUdp): void {
    if (this.#udp === udp) this.#udp = undefined;
  }

  loseUdp(error: Error): void {
    this.note({ type: 'fault', what: 'the UDP socket was lost' });
    this.#udp?.lose(error);
  }

  /** Another user's packet, encrypted for this bot. */
  deliver(packet: MemberPacket): void {
    if (this.#udp === undefined) return;
    if (this.#seal?.mode !== this.#mode) this.#seal = createSeal(this.#mode, this.#key, { counter: 0, random: (bytes) => new Uint8Array(bytes) });
    this.#udp.deliver(memberPacket(this.#seal, packet));
  }

  #packet(packet: VirtualPacket, sealed: Uint8Array): void {
    this.note({ type: 'packet', frame: packet.payload });
    this.packets$.next(packet);
    this.bot.packets$.next(packet);
    const { ssrc, sequence, timestamp } = packet;
    for (const other of this.#call.beside(this)) other.deliver({ ssrc, sequence, timestamp, audioLevel: null, frame: sealed });
  }
}
