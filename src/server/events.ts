/** The events of the server. They contain no token and no key. */
import { Subject, type Observable } from 'rxjs';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../types.js';
import type { DaveEvent } from './dave/index.js';
import type { RefusedStage } from './faults/stages.js';
import type { Suspicion } from './rules/suspicions.js';

/** Why a datagram was not accepted. `refused`: it was suspicious, and the server is strict. */
export type DatagramFault = 'malformed' | 'unknown-ssrc' | 'foreign-address' | 'too-early' | 'undecryptable' | 'refused';

/** Whom an event is about; null if that is not known (yet). */
export interface About {
  readonly userId: Snowflake | null;
  readonly guildId: Snowflake | null;
}

/**
 * An event without its time.
 *
 * - `opened`: a WebSocket was accepted and speaks `version`; `connection` is its number, from 1
 * - `identify`, `resume`, `select`, `speaking`, `heartbeat`: the client's message was accepted
 *   (`channelId` is the channel that an Identify of version 9 names, null before)
 * - `refused`: an Identify, Resume or Select Protocol was refused, or a fault ended a connection at that stage, with this close code
 *   (at `socket`: HTTP status); the `close` follows
 * - `close`: a WebSocket ended. 1006 without a close frame
 * - `discovery`: an IP discovery request of a known SSRC; `answered` is false if a fault dropped the reply
 * - `joined`, `moved`, `left`: the membership of a channel, as the bot gateway has it
 * - `session-ended`: a voice session has ended and cannot be resumed
 * - `dave`: something happened in a call's end-to-end encryption
 * - `unanswered`: op 4 asked the bot gateway for a channel that is full, or deleted; it does not answer
 * - `down`, `up`: the whole server stopped, with all sessions, and came back
 * - `report`: a receiver report was sent to a client. It has how the client's audio has arrived so far: packets received, packets expected,
 *   and the jitter in ms
 * - `bad-command`: the bot gateway received something other than a valid op 4
 * - `bad-datagram`: a datagram was not accepted
 * - `suspicious`: behaviour that a rehearsal should show, although no source says that Discord refuses it; `what` is a name of the second
 *   table of docs/server-refusals.md
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

/** An event with its time; `at` is milliseconds of the server's `now`. */
export type ServerEvent = ServerEventBody & { readonly at: number };

/** The events as a stream. An event object with its time is created only if somebody listens. */
export class EventLog {
  readonly #subject = new Subject<ServerEvent>();
  readonly events$: Observable<ServerEvent> = this.#subject.asObservable();

  constructor(private readonly now: () => number) {}

  /** Whether anybody listens. Check it first for frequent events. */
  get observed(): boolean {
    return this.#subject.observed;
  }

  /** Adds the time and emits. */
  emit(event: ServerEventBody): void {
    if (this.#subject.observed) this.#subject.next({ ...event, at: this.now() });
  }

  /** Completes the stream. */
  complete(): void {
    this.#subject.complete();
  }
}
