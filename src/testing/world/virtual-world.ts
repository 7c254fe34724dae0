/** What a virtual world is like, and what can be done in it and to it. */
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

/** What the virtual voice server is like. */
export interface VirtualVoiceOptions {
  /** Whose time passes: in `TestScheduler.run()`, `asyncScheduler`, which that makes virtual. */
  readonly scheduler: SchedulerLike;
  /** ms from a question to its answer, and from opening a socket to its being open. Default 10. */
  readonly roundTrip?: number;
  /** Which event answers op 4 first; the other follows a round trip later. Default `state-first`. */
  readonly eventOrder?: 'state-first' | 'server-first';
  /** ms. Default 13 750. */
  readonly heartbeatInterval?: number;
  /** Default 8. */
  readonly version?: VoiceGatewayVersion;
  /** What Ready offers. Default the AES mode, which needs no loading. */
  readonly modes?: readonly EncryptionMode[];
  /** Opcodes and events that are never answered: a stage that hangs. */
  readonly silent?: readonly VirtualSilence[];
  /** IP discovery requests that are lost before one is answered. Default 0. */
  readonly lostDiscoveries?: number;
  /** The DAVE version that Session Description names; what follows is for the test to say, by `say` and `sayBinary`. Default 0, a plain call. */
  readonly daveVersion?: number;
  /**
   * Whether calls are encrypted end to end, by the fake library {@link fakeDave} on both sides: the server lets a bot into the group as soon as
   * somebody else is there, and makes a new epoch of it when somebody comes or goes. Default false, a plain call.
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

/** One guild of the world, as one bot sees it: what the bot does there, and what can be done to it there. */
export interface VirtualGuild {
  /** Voice gateway frames of the client. */
  readonly frames$: Observable<VirtualFrame>;
  /** Voice packets of the client. */
  readonly packets$: Observable<VirtualPacket>;
  /** `socket+`, `socket-`, `udp+`, `udp-`: a socket is opened, and closed by the client. */
  readonly sockets$: Observable<string>;
  /** Names a voice server for the guild, with a new token: another one, the same again, or with null that there is none for now. */
  nameServer(endpoint: string | null): void;
  /** Disconnects the bot, as a moderator does: a voice state without a channel, and close code 4014. */
  kick(): void;
  /**
   * Another member comes into the channel: opcode 11, 18 and 20 for what its client allows and runs on, and a voice state of his. Who is
   * there before the bot is told to it when it comes.
   */
  join(userId: Snowflake, client?: VirtualClient): void;
  /** Another member goes, in the midst of a word if he speaks: opcode 13, and a voice state without a channel. */
  leave(userId: Snowflake): void;
  /**
   * Another member speaks, and comes first if he is not there: opcode 5, the frames at their own pace with their audio level, five
   * frames of silence, opcode 5. What he is to say while he speaks follows. Encrypted end to end where the option `dave` is set.
   */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, speech?: VirtualSpeech): void;
  /** Closes the open WebSocket as the server would. */
  close(code: number): void;
  /** Sends a frame to the client. */
  say(op: number, d: unknown, seq?: number): void;
  /** Sends a binary message to the client, as the opcodes of DAVE are. */
  sayBinary(op: number, body: Uint8Array, seq: number): void;
  /** The next Resume is answered by closing the WebSocket. Default 4006, the session is no longer valid. */
  refuseResume(code?: number): void;
  /** Loses the UDP socket. */
  loseUdp(error: Error): void;
}

/**
 * The world around a bot under test. What it has of a {@link VirtualGuild} is, of the streams, of all guilds together, and of the verbs,
 * for the guild that the bot last sent op 4 for.
 */
export interface VirtualVoice extends VirtualGuild {
  readonly gateway: GatewayPort;
  readonly transports: Transports;
  /** What `connectVoice$` is to be given here: the transports, the fake end-to-end encryption or none, and no randomness. */
  readonly options: VoiceOptions;
  /** Op 4 commands, as they are sent. */
  readonly commands$: Observable<VoiceStateCommand>;
  /** Op 4 in words, each change once: `joins 20 of guild 10`, `moves to 21 of guild 10`, `leaves guild 10`. */
  readonly deeds$: Observable<string>;
  /** What the channels hear, in words: `frame 3` of {@link testFrames}, `silence`, `120 bytes`. Of five frames of silence in a row, the first. */
  readonly heard$: Observable<string>;
  /** Dispatches any bot-gateway payload. */
  dispatch(t: string, d: Readonly<Record<string, unknown>>): void;
  /** The bot's gateway identifies anew: READY is dispatched, and voice states carry this session id from now on. */
  reidentify(sessionId: string): void;
  /** Ends the bot gateway's stream. */
  endGateway(error?: unknown): void;
  /** Changes what goes unanswered from now on, in all of the world. */
  silence(...silent: readonly VirtualSilence[]): void;
  /** Another guild that the bot is in; the same for the same id. */
  guild(guildId: Snowflake): VirtualGuild;
  /** Another bot in the same world, with a gateway and sockets of its own; the same for the same id. Bots in one channel hear each other. */
  bot(userId: Snowflake): VirtualVoice;
}
