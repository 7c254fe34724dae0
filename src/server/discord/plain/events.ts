/** The events of a simulated Discord. They contain no token. */
import { Subject, type Observable } from 'rxjs';
import type { Snowflake } from '../../../types.js';

/** Number of a shard, and of shards in total. */
export type Shard = readonly [id: number, count: number];

/**
 * - `request`: a REST request was answered; tokens in its path are written as `…`
 * - `opened`: a WebSocket of the bot gateway was opened
 * - `identified`, `resumed`: a shard has a new session, or has its session again
 * - `closed`: a WebSocket ended; `by` says who closed it, and `reason` why, if the server did
 * - `session-ended`: a session cannot be resumed any more
 * - `withheld`: a shard did not get an event, because it lacks the intent
 * - `unanswered`: op 4 asked for a voice channel, and got no answer; `why` gives the reason, which Discord does not
 */
export type DiscordEvent =
  | { readonly type: 'request'; readonly method: string; readonly path: string; readonly status: number }
  | { readonly type: 'opened'; readonly version: number; readonly compression: string | null }
  | { readonly type: 'identified'; readonly shard: Shard; readonly intents: number }
  | { readonly type: 'resumed'; readonly shard: Shard; readonly replayed: number }
  | {
      readonly type: 'closed';
      readonly shard: Shard | null;
      readonly code: number;
      readonly by: 'client' | 'server';
      readonly reason: string;
    }
  | { readonly type: 'session-ended'; readonly shard: Shard }
  | { readonly type: 'withheld'; readonly shard: Shard; readonly event: string }
  | { readonly type: 'unanswered'; readonly guildId: Snowflake; readonly channelId: Snowflake; readonly why: string };

/** The events as a stream. */
export class EventLog {
  readonly #subject = new Subject<DiscordEvent>();
  readonly events$: Observable<DiscordEvent> = this.#subject.asObservable();

  emit(event: DiscordEvent): void {
    this.#subject.next(event);
  }

  complete(): void {
    this.#subject.complete();
  }
}
