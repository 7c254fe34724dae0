/** What the server tells about itself. No token and no key is in any of it. */
import { Subject, type Observable } from 'rxjs';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../types.js';
import type { DaveEvent } from './dave/index.js';
import type { RefusedStage } from './faults/stages.js';
import type { Suspicion } from './rules/suspicions.js';

/** Why a datagram was not taken. `refused`: it was suspicious, and the server is strict. */
export type DatagramFault = 'malformed' | 'unknown-ssrc' | 'foreign-address' | 'too-early' | 'undecryptable' | 'refused';

/** Whom an event is about; null where that is not known (yet). */
export interface About {
  readonly userId: Snowflake | null;
  readonly guildId: Snowflake | null;
}

/**
 * An event without its time.
 *
 * - `opened`: a WebSocket was accepted and speaks `version`; `connection` is its number, from 1
 * - `identify`, `resume`, `select`, `speaking`, `heartbeat`: the client's message was accepted
 *   (`channelId` is what an Identify of version 9 names, null before)
 * - `refused`: an Identify, Resume or Select Protocol was not, or a fault ended a connection at that stage, with this close code
 *   (at `socket`: HTTP status); the `close` follows
 * - `close`: a WebSocket ended. 1006 without a close frame
 * - `discovery`: an IP discovery request of a known SSRC; `answered` unless a fault lost the reply
 * - `joined`, `moved`, `left`: the membership of a channel, as the bot gateway has it
 * - `session-ended`: a voice session is gone for good and cannot be resumed
 * - `dave`: something happened in a call's end-to-end encryption
 * - `unanswered`: the bot gateway was asked for a channel that is full, or is no more; it says nothing
 * - `down`, `up`: the whole server went away, with all sessions, and came back
 * - `report`: a receiver report went to a client, and with it how its audio has come in so far: packets that came, that should have,
 *   and the jitter in ms
 * - `bad-command`: the bot gateway got something other than a proper op 4
 * - `bad-datagram`: a datagram was not taken
 * - `suspicious`: something that no source says Discord refuses, and a rehearsal should show; `what` is a name of the second table of
 *   docs/server-refusals.md
 */
export type ServerEventBody =
  | (About & { readonly type: 'opened'; readonly connection: number; readonly version: VoiceGatewayVersion })
  | (About & { readonly type: 'identify'; readonly connection: number; readonly ssrc: number; readonly maxDaveVersion: number; readonly channelId: Snowflake | null })
  | (About & { readonly type: 'resume'; readonly connection: number; readonly ssrc: number; readonly seqAck: number | null; readonly replayed: number })
  | (About & { readonly type: 'select'; readonly mode: EncryptionMode; readonly address: string; readonly port: number })
  | (About & { readonly type: 'speaking'; readonly ssrc: number; readonly speaking: SpeakingFlags })
  | (About & { readonly type: 'heartbeat'; readonly seqAck: number | null; readonly acknowledged: boolean })
  | (About & { readonly type: 'refused'; readonly stage: RefusedStage; readonly code: number })
  | (About & { readonly type: 'close'; readonly connection: number; readonly code: number; readonly by: 'server' | 'client' })
  | (About & {
      readonly type: 'discovery';
      readonly ssrc: number;
      readonly address: string;
      readonly port: number;
      readonly answered: boolean;
    })
  | (About & { readonly type: 'joined' | 'moved' | 'left'; readonly channelId: Snowflake })
  | (About & { readonly type: 'session-ended'; readonly ssrc: number })
  | (About & { readonly type: 'dave'; readonly channelId: Snowflake; readonly event: DaveEvent })
  | (About & { readonly type: 'unanswered'; readonly channelId: Snowflake })
  | (About & { readonly type: 'down' | 'up' })
  | (About & { readonly type: 'report'; readonly packets: number; readonly expected: number; readonly jitter: number })
  | (About & { readonly type: 'bad-command' })
  | (About & { readonly type: 'suspicious'; readonly what: Suspicion })
  | (About & { readonly type: 'bad-datagram'; readonly reason: DatagramFault; readonly ssrc: number | null });

/** Something that happened at the server; `at` is milliseconds of its `now`. */
export type ServerEvent = ServerEventBody & { readonly at: number };

/** The events as a stream. An event is built into an object with its time only while somebody listens. */
export class EventLog {
  readonly #subject = new Subject<ServerEvent>();
  readonly events$: Observable<ServerEvent> = this.#subject.asObservable();

  constructor(private readonly now: () => number) {}

  /** Whether anybody listens. Asked first where events may be many. */
  get observed(): boolean {
    return this.#subject.observed;
  }

  /** Stamps and emits. */
  emit(event: ServerEventBody): void {
    if (this.#subject.observed) this.#subject.next({ ...event, at: this.now() });
  }

  /** No event comes after this. */
  complete(): void {
    this.#subject.complete();
  }
}
