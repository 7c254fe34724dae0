/**
 * The messages between the two sides of an engine: the home side, where the user's program is, and the far side, where the session runs.
 * The principle: each side can subscribe to topics of the other. Plain data that `structuredClone` can copy; docs/scaling.md has it as a table.
 */
import type { Observable } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';
import type { PlayOptions } from '../media/send/play-options.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { PlayEvent, Snowflake } from '../types.js';
import type { PortableOptions } from './portable-options.js';
import type { WireError } from './wire-error.js';

/** The version of the messages and topics below. Two sides with different versions refuse each other. */
export const WIRE_VERSION = 2;

/** What can be subscribed to. `session` and `play` are the ids of the subscriptions to that session or play. */
export type Topic =
  // Topics of the far side.
  // `keep`: ms for which the session may go on without its home. `prepares`: the home understands the news `moving` (the session is about to
  // move) and answers with `move`. `directed`: that news may also name the destination, or cancel the move. `prepared`: the subscription that
  // has prepared for this session; then `play` may be sent before it is ready.
  | { readonly what: 'session'; readonly version: number; readonly guildId: Snowflake | null; readonly options: PortableOptions; readonly log: boolean; readonly keep?: number; readonly prepares?: true; readonly directed?: true; readonly prepared?: number }
  // `source` is opened on the far side; without it, the frames come from the home side.
  | { readonly what: 'play'; readonly session: number; readonly options: PlayOptions; readonly ahead: number; readonly source?: FrameDescription }
  | { readonly what: 'receive'; readonly session: number; readonly userId?: Snowflake }
  | { readonly what: 'verify'; readonly session: number; readonly userId: Snowflake }
  | { readonly what: 'speaking$' | 'quality$' | 'rtcp$' | 'stats$'; readonly session: number }
  // Prepares what a coming session will need: answered when it is ready, and kept until it is unsubscribed from, or for the session that names it.
  // A side that does not know this topic refuses it, and the session moves unprepared. `directed`: the session goes to this side or stays where it
  // is, so this side may refuse it for now.
  | { readonly what: 'prepare'; readonly endpoint: string | null; readonly gatewayVersion?: VoiceGatewayVersion; readonly sources: readonly FrameDescription[]; readonly directed?: true }
  // The destination is prepared: the session is to move now.
  | { readonly what: 'move'; readonly session: number }
  // Topics of the home side.
  | { readonly what: 'signals'; readonly session: number }
  | { readonly what: 'frames'; readonly play: number };

/**
 * The subscriber sends `subscribe`, `demand` and `unsubscribe`, and chooses the id of the subscription; the other side answers with `next`,
 * `complete` and `error`. `demand` says how many more frames may come, and only `frames` needs it.
 */
export type WireMessage =
  | { readonly type: 'subscribe'; readonly id: number; readonly topic: Topic }
  | { readonly type: 'demand'; readonly id: number; readonly frames: number }
  | { readonly type: 'unsubscribe'; readonly id: number }
  | { readonly type: 'next'; readonly id: number; readonly value: unknown }
  | { readonly type: 'complete'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError };

/** One end of the wire. Messages arrive whole, in order, and once. */
export interface EnginePort {
  /** Errors when the other side is lost. */
  readonly messages$: Observable<WireMessage>;
  /** @param patience ms that the message may wait to be combined with others. Later messages do not overtake it. Default 0: it does not wait. */
  send(message: WireMessage, patience?: number): void;
  /** A channel for frequent data. Without it, that is sent as messages too. */
  readonly often?: Often;
}

/** Carries the data of each frame without creating a message. It keeps one common order with the messages. */
export interface Often {
  /** Sends a `next` of a subscription. False: the caller must send a message. */
  sent(id: number, event: Extract<PlayEvent, { readonly type: 'sent' }>): boolean;
  /** The same for requested frames, which it copies. */
  frames(id: number, frames: readonly Uint8Array[]): boolean;
  /** Sets who receives the other side's data of this channel, in place of `messages$`: `next` of a subscription, and demands that could wait. */
  listen(next: (id: number, value: unknown) => void, demand: (id: number, frames: number) => void): void;
}
