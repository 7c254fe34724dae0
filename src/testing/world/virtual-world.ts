/** The options of a virtual world, and what a test can do in it. */
import type { Observable, SchedulerLike } from 'rxjs';
import type { Transports } from '../../driver/ports.js';
import type { VoiceOptions } from '../../driver/options.js';
import type { GatewayPort } from '../../gateway/port.js';
import type { VoiceStateCommand } from '../../protocol/commands.js';
import type { EncryptionMode } from '../../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { OpusFrame, Snowflake } from '../../types.js';
import type { VirtualPacket } from './packet-reader.js';
import type { VirtualClient, VirtualSpeech } from './virtual-members.js';

/** Options of the virtual voice server. */
export interface VirtualVoiceOptions {
  /** The clock. In `TestScheduler.run()` use `asyncScheduler`, which it makes virtual. */
  readonly scheduler: SchedulerLike;
  /** ms from a request to its answer, and until a socket is open. Default 10. */
  readonly roundTrip?: number;
  /** Which event answers op 4 first; the other follows a round trip later. Default `state-first`. */
  readonly eventOrder?: 'state-first' | 'server-first';
  /** ms. Default 13 750. */
  readonly heartbeatInterval?: number;
  /** Default 8. */
  readonly version?: VoiceGatewayVersion;
  /** The modes that Ready offers. Default: only the AES mode, which needs no loading. */
  readonly modes?: readonly EncryptionMode[];
  /** Events and stages that are not answered, to make a stage hang. */
  readonly silent?: readonly VirtualSilence[];
  /** IP discovery requests that are lost before one is answered. Default 0. */
  readonly lostDiscoveries?: number;
  /** The DAVE version in Session Description; the test itself sends the rest, with `say` and `sayBinary`. Default 0, a plain call. */
  readonly daveVersion?: number;
  /**
   * Whether calls are end-to-end encrypted, with the fake library {@link fakeDave} on both sides: the server adds a bot to the group as soon as
   * another member is there, and starts a new epoch when somebody joins or leaves. Default false, a plain call.
   */
  readonly dave?: boolean;
}

/** Something that goes unanswered: an event, or the stage of that name. */
export type VirtualSilence =
  | 'state'
  | 'server'
  | 'open'
  | 'hello'
  | 'ready'
  | 'discovery'
  | 'description'
  | 'dave'
  | 'heartbeat'
  | 'ping'
  | 'resumed';

/** A frame that the client sent, parsed. */
export interface VirtualFrame {
  readonly op: number;
  readonly d: unknown;
}

/** One guild of the simulated world, as one bot sees it: streams of what the bot does there, and methods to make things happen there. */
export interface VirtualGuild {
  /** Voice gateway frames of the client. */
  readonly frames$: Observable<VirtualFrame>;
  /** Voice packets of the client. */
  readonly packets$: Observable<VirtualPacket>;
  /** `socket+`, `socket-`, `udp+`, `udp-`: the client has opened (+) or closed (-) a socket. */
  readonly sockets$: Observable<string>;
  /** Sends a VOICE_SERVER_UPDATE with a new token: another endpoint, the same again, or null for none at present. */
  nameServer(endpoint: string | null): void;
  /** Disconnects the bot, as a moderator does: a voice state without a channel, and close code 4014. */
  kick(): void;
  /**
   * Another member joins the channel: opcode 11, opcodes 18 and 20 with the flags and platform of its client, and its voice state. The bot is
   * told of members who were there before it when it joins.
   */
  join(userId: Snowflake, client?: VirtualClient): void;
  /** Another member leaves, even while it speaks: opcode 13, and a voice state without a channel. */
  leave(userId: Snowflake): void;
  /**
   * Another member speaks (and joins first if it is not there): opcode 5, the frames at their own pace with their audio level, five
   * frames of silence, opcode 5. If it already speaks, this follows after that. End-to-end encrypted with the option `dave`.
   */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, speech?: VirtualSpeech): void;
  /** Closes the open WebSocket as the server would. */
  close(code: number): void;
  /** Sends a frame to the client. */
  say(op: number, d: unknown, seq?: number): void;
  /** Sends a binary message to the client, as the opcodes of DAVE are. */
  sayBinary(op: number, body: Uint8Array, seq: number): void;
  /** Answers the next Resume by closing the WebSocket with this code. Default 4006, the session is no longer valid. */
  refuseResume(code?: number): void;
  /** Loses the UDP socket. */
  loseUdp(error: Error): void;
}

/**
 * The simulated world around a bot under test. Its streams are those of all guilds of the bot together. Its {@link VirtualGuild} methods act on
 * the guild for which the bot last sent op 4.
 */
export interface VirtualVoice extends VirtualGuild {
  readonly gateway: GatewayPort;
  readonly transports: Transports;
  /** Pass this to `connectVoice$`: the transports, the fake end-to-end encryption or none, and no randomness. */
  readonly options: VoiceOptions;
  /** Op 4 commands, as they are sent. */
  readonly commands$: Observable<VoiceStateCommand>;
  /** Op 4 in words, each change once: `joins 20 of guild 10`, `moves to 21 of guild 10`, `leaves guild 10`. */
  readonly deeds$: Observable<string>;
  /** What the channels hear, in words: `frame 3` (of {@link testFrames}), `silence`, `120 bytes`. Only the first of five silence frames in a row. */
  readonly heard$: Observable<string>;
  /** Dispatches any bot-gateway payload. */
  dispatch(t: string, d: Readonly<Record<string, unknown>>): void;
  /** Gives the bot's gateway a new session: READY is dispatched, and voice states have this session id from now on. */
  reidentify(sessionId: string): void;
  /** Ends the bot gateway's stream. */
  endGateway(error?: unknown): void;
  /** Sets what is not answered from now on, in the whole world. */
  silence(...silent: readonly VirtualSilence[]): void;
  /** Another guild that the bot is in; the same for the same id. */
  guild(guildId: Snowflake): VirtualGuild;
  /** Another bot in the same world, with a gateway and sockets of its own; the same for the same id. Bots in one channel hear each other. */
  bot(userId: Snowflake): VirtualVoice;
}
