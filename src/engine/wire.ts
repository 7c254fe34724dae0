/**
 * What travels between the two sides of an engine: the home side, where the user's program is, and the far side, where the session runs.
 * One idea: each side may subscribe to what the other has. Plain data, fit for `structuredClone`; docs/scaling.md has it as a table.
 */
import type { Observable } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';
import type { PlayOptions } from '../media/send/play-options.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { PlayEvent, Snowflake } from '../types.js';
import type { PortableOptions } from './portable-options.js';
import type { WireError } from './wire-error.js';

/** Of the messages and topics below. Two sides that differ refuse each other. */
export const WIRE_VERSION = 2;

/** What can be subscribed to. `session` and `play` are the numbers of the subscriptions that these are. */
export type Topic =
  // The far side's.
  // `keep`: ms for which the session may go on without its home. `prepares`: the home can be told that the session is about to move (news
  // `moving`), and answers by `move`. `directed`: that news may say where to, and that it does not move after all. `prepared`: the subscription
  // that has prepared for it; then `play` may be said before it is ready.
  | { readonly what: 'session'; readonly version: number; readonly guildId: Snowflake | null; readonly options: PortableOptions; readonly log: boolean; readonly keep?: number; readonly prepares?: true; readonly directed?: true; readonly prepared?: number }
  // `source` is opened there; without it the frames are of the home side.
  | { readonly what: 'play'; readonly session: number; readonly options: PlayOptions; readonly ahead: number; readonly source?: FrameDescription }
  | { readonly what: 'receive'; readonly session: number; readonly userId?: Snowflake }
  | { readonly what: 'verify'; readonly session: number; readonly userId: Snowflake }
  | { readonly what: 'speaking$' | 'quality$' | 'rtcp$' | 'stats$'; readonly session: number }
  // What a session that is about to come will need: answered once it is there, and kept while it is listened to, or for the session that names it.
  // Who does not know it refuses it, and the session moves there unprepared. `directed`: it goes there, or stays where it is, and so may be refused for now.
  | { readonly what: 'prepare'; readonly endpoint: string | null; readonly gatewayVersion?: VoiceGatewayVersion; readonly sources: readonly FrameDescription[]; readonly directed?: true }
  // Where it will go on is prepared: it is to move now.
  | { readonly what: 'move'; readonly session: number }
  // The home side's.
  | { readonly what: 'signals'; readonly session: number }
  | { readonly what: 'frames'; readonly play: number };

/**
 * `subscribe`, `demand` and `unsubscribe` are said by who listens, of a subscription that it numbers itself; `next`, `complete` and `error`
 * answer. `demand` says how many more frames may come, and is needed by `frames` alone.
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
  /** @param patience ms that it may wait, where one message for many is cheaper. What is sent later does not overtake it. Default 0: it does not wait. */
  send(message: WireMessage, patience?: number): void;
  /** A way for what is said often. Without it, that is said by messages as all else is. */
  readonly often?: Often;
}

/** What there is of each frame, said and heard without a message made of it. In one order with the messages. */
export interface Often {
  /** Says `next` of a subscription. False: it is to be sent. */
  sent(id: number, event: Extract<PlayEvent, { readonly type: 'sent' }>): boolean;
  /** The same of frames that were asked for, which it copies. */
  frames(id: number, frames: readonly Uint8Array[]): boolean;
  /** Who hears what the other side says so, in place of `messages$`: `next` of a subscription, and demands that could wait. */
  listen(next: (id: number, value: unknown) => void, demand: (id: number, frames: number) => void): void;
}
