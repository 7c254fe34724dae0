/** The plain data that every layer shares. No behaviour lives here, and all of it survives `structuredClone`. */
import type { EncryptionMode } from './protocol/encryption-modes.js';

export type { EncryptionMode } from './protocol/encryption-modes.js';

/** A Discord id: an unsigned 64-bit integer as a decimal string. */
export type Snowflake = string;

/** One Opus packet, 2.5 to 120 ms long (its first byte, the TOC, says how long), usually 20 ms. RFC 6716 section 3. */
export type OpusFrame = Uint8Array;

/**
 * The bits of opcode 5, Speaking. Combine with `|`.
 *
 * `Microphone` lights the green ring, `Soundshare` sends without it, `Priority` lowers everybody else's volume.
 * Source: Discord docs, Voice Connections, Speaking.
 */
export const SpeakingFlags = { None: 0, Microphone: 1, Soundshare: 2, Priority: 4 } as const;
/** A combination of {@link SpeakingFlags} bits. */
export type SpeakingFlags = number;

/**
 * Everything needed to open a voice connection, as named by the bot gateway's two events: plain JSON, so it may cross to
 * another process or a worker.
 */
export interface VoiceServer {
  readonly guildId: Snowflake;
  /** The channel of the voice state; the DAVE group id. */
  readonly channelId: Snowflake;
  /** The bot's own id. */
  readonly userId: Snowflake;
  /** `session_id` of VOICE_STATE_UPDATE. */
  readonly sessionId: string;
  /** `token` of VOICE_SERVER_UPDATE. A secret: it never appears in a log or an error. */
  readonly token: string;
  /** `endpoint` of VOICE_SERVER_UPDATE, with its port: `host:port`. Loopback addresses may carry `ws://`. */
  readonly endpoint: string;
}

/**
 * Why a session ended because somebody wanted it. `call-ended` is used only if the bot gateway has said that the channel or the guild is gone: close
 * code 4022 alone also comes with a kick, if the bot was alone in its channel.
 */
export type EndReason = 'left' | 'kicked' | 'call-ended' | 'gateway-closed';

/** The fields of a voice state, as Discord's REST API and gateway send it, that are used here. Source: Discord docs, Voice, Voice State Object. */
export interface VoiceStatePayload {
  readonly channel_id: Snowflake | null;
  readonly session_id?: string;
  readonly suppress?: boolean;
}

/** Where another user of the guild is, according to a voice state from the bot gateway. */
export interface MemberVoiceState {
  readonly userId: Snowflake;
  /** Null if the user is no longer in a channel. */
  readonly channelId: Snowflake | null;
  /** Whether it is in the audience of a stage, and cannot be heard. */
  readonly suppressed: boolean;
  /** Since when, in ms since 1970; null if Discord does not say. */
  readonly connectedAt: number | null;
}

/**
 * What the signalling tells the driver:
 *
 * - a voice server to connect to, or that there is none for now (Discord sent a null `endpoint`; hold and wait)
 * - `ended`: the membership is over
 * - `unanswered`: the request for another channel was not answered (it is full, or closed to the bot), and the bot is where it was
 * - `gone`: the bot's channel was deleted, or its guild is gone or unavailable: an end that comes with it is the end of the call. Null: the guild is
 *   available again
 * - `suppressed`: whether the bot is in the audience of a stage
 * - `voiceState`: where another user of the guild is
 * - `secrets`: all texts that the side which sends the signals knows, and which must not appear in errors or logs; for sessions that run elsewhere
 *   (option `engine`)
 */
export type VoiceSignal =
  | VoiceServer
  | { readonly endpoint: null }
  | { readonly ended: EndReason }
  | { readonly unanswered: Snowflake }
  | { readonly gone: 'channel' | 'guild' | null }
  | { readonly suppressed: boolean }
  | { readonly voiceState: MemberVoiceState }
  | { readonly secrets: readonly string[] };

/** The stages of a voice connection, in order. Each has a deadline; a {@link VoiceTimeoutError} names the one that passed. */
export type ConnectStage = 'socket' | 'hello' | 'ready' | 'discovery' | 'description' | 'dave';

/**
 * What a session is doing.
 *
 * - `signalling`: op 4 was sent, or the voice server went away; waiting for Discord to name a voice server
 * - `connecting`: the first connection to a voice server is being made, and is at `stage`
 * - `ready`: audio can flow
 * - `resuming`: the WebSocket is lost and being resumed; audio still flows
 * - `reconnecting`: a new connection is being made; audio is held
 * - `ended`: the last value; `state$` completes after it. `closeCode` is that of the voice WebSocket, if it was closed by then: both a kick
 *   and the end of a call come with 4014 or 4022
 * - `failed`: the session failed beyond recovery; also a last value. `reason` is the text of the error that `connectVoice$` emits
 */
export type VoiceState =
  | { readonly status: 'signalling' }
  | { readonly status: 'connecting'; readonly stage: ConnectStage; readonly attempt: number }
  | {
      readonly status: 'ready';
      readonly channelId: Snowflake;
      readonly ssrc: number;
      readonly mode: EncryptionMode;
      readonly daveVersion: number;
    }
  | { readonly status: 'resuming'; readonly attempt: number }
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly closeCode: number | null }
  | { readonly status: 'ended'; readonly reason: EndReason; readonly closeCode: number | null }
  | { readonly status: 'failed'; readonly reason: string };

/** A user started (`speaking` not 0) or stopped (0) speaking, as the voice server's opcode 5 says. */
export interface SpeakingEvent {
  readonly userId: Snowflake;
  readonly ssrc: number;
  readonly speaking: SpeakingFlags;
}

/** The bits of opcode 18: what a member's client allows others. Source: docs.discord.food, Voice Flags. */
export const ClientFlags = { Clips: 1, VoiceRecording: 2, ClipsByAnyViewer: 4 } as const;
/** What a member's client runs on, by opcode 20. Source: docs.discord.food, Voice Platform. */
export const ClientPlatform = { Desktop: 0, Mobile: 1, Xbox: 2, PlayStation: 3 } as const;

/** What is known about a member of the call; null for what is not known. */
export interface CallMember {
  /** A combination of {@link ClientFlags} bits. */
  readonly flags: number | null;
  /** One of {@link ClientPlatform}, or a newer one. */
  readonly platform: number | null;
  /** Since when the member is in the channel, in ms since 1970. Known from voice states that come while the bot is there. */
  readonly connectedAt: number | null;
  /** Whether the member is in the audience of a stage, where nobody hears it. */
  readonly suppressed: boolean | null;
}

/** The latest round trips, in milliseconds; null while not measured. */
export interface Latency {
  /** On the WebSocket: heartbeat to its acknowledgement. */
  readonly gateway: number | null;
  /** By UDP: the official client's ping to its answer, which not every voice server gives. Every 5 s. */
  readonly udp: number | null;
}

/**
 * The status of end-to-end encryption.
 *
 * - `plain`: the call is not end-to-end encrypted, as in stage channels; frames are sent without it
 * - `alone`: the call is encrypted and nobody else is in it, so there is no group and no listener; what plays is held
 * - `forming`: there are no keys, because the group or the connection is being made (for the first time or again), or the session is over;
 *   what plays is held
 * - `secure`: frames are encrypted
 * - `withheld`: the call is not encrypted, and the option `e2ee` is `required`; what plays is held
 * - `failed`: joining the group failed several times in a row; what plays is held until the next try, 30 s after the first
 */
export type E2eeStatus = 'plain' | 'withheld' | 'alone' | 'forming' | 'secure' | 'failed';

/** The state of end-to-end encryption (DAVE): one value for each epoch, and for each change of version, status or members. */
export interface E2eeState {
  /** The DAVE protocol version in force; 0 when the call is not end-to-end encrypted. */
  readonly version: number;
  readonly status: E2eeStatus;
  /** The MLS epoch; null while there is no group. */
  readonly epoch: number | null;
  /**
   * The voice privacy code: 30 digits, the same for all members of an epoch, as the official clients show it. If all members see the same
   * code, nobody intercepts the call. Null without a group.
   */
  readonly privacyCode: string | null;
  /** The members of the group, including the bot; empty without a group. */
  readonly members: readonly Snowflake[];
}

/** How loud a packet is, as its sender's client says in RTP header extension 1: readable without decoding. RFC 6464. */
export interface AudioLevel {
  /** Whether the client considers it speech. */
  readonly voice: boolean;
  /** -dBov: 0 is as loud as can be, 127 silence. */
  readonly level: number;
}

/** One received Opus packet, decrypted and stripped of extension and padding. */
export interface VoicePacket {
  /** The sender; null while the voice server has not yet said whose SSRC this is. */
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP sequence, 16 bits, wraps. */
  readonly sequence: number;
  /** RTP timestamp, 32 bits, wraps; samples at 48 kHz. */
  readonly timestamp: number;
  /** When it arrived, in ms of the session's scheduler. */
  readonly arrival: number;
  /** The RTP marker bit: the first packet of a talk spurt, if the sender sets it. */
  readonly marker: boolean;
  /** Null if the packet has no such extension. */
  readonly audioLevel: AudioLevel | null;
  /**
   * RTP header extension 9, in the bits of {@link SpeakingFlags}; null if the packet has none. For a frame of silence always 0, because
   * its sender has stopped speaking.
   */
  readonly speaking: SpeakingFlags | null;
  readonly frame: OpusFrame;
}

/**
 * What a play emits.
 *
 * - `started`: the first frame is about to be sent
 * - `sent`: one frame was sent as one datagram. `sequence` and `timestamp` are its RTP fields, `position` is where the frame begins
 *   in this play (ms of audio before it), `bytes` is the length of the datagram
 * - `starved`: the source had no frame in time; silence is sent instead. The next `sent` ends it
 * - `paused`: the same, because the source was paused (`pausable` of `rxvoice/audio`)
 * - `suspended`, `resumed`: the voice connection was lost and is back. With the option `engine` also: the frames of a source that is read here do
 *   not reach the place where the session runs, and what was read ahead is played. A source that is opened there plays on
 * - `finished`: the source has ended and its last frame has been played; completion follows. `heard` is how much of it was sent, in ms: less
 *   than the length of its `frames` if some were skipped
 */
export type PlayEvent =
  | { readonly type: 'started' }
  | {
      readonly type: 'sent';
      readonly sequence: number;
      readonly timestamp: number;
      readonly position: number;
      readonly bytes: number;
    }
  | { readonly type: 'starved' }
  | { readonly type: 'paused' }
  | { readonly type: 'suspended' }
  | { readonly type: 'resumed' }
  | { readonly type: 'finished'; readonly frames: number; readonly heard: number };

/**
 * How a play ended.
 *
 * - `finished`: its source has ended, and was heard to the end
 * - `stopped`: it was unsubscribed, for example by `switchMap` or `takeUntil`
 * - `failed`: it errored, or was refused
 * - `session-ended`: the session was left, kicked from or lost while it played
 */
export interface PlayEnd {
  readonly reason: 'finished' | 'stopped' | 'failed' | 'session-ended';
  /**
   * How much of the source was sent, in ms, to the frame. It does not count what was read ahead, buffered, or skipped while the
   * connection was away, or the silence around the play. A frame that was sent counts, even if it is still on the network.
   */
  readonly heard: number;
  /** How many of its frames were sent. */
  readonly frames: number;
}
