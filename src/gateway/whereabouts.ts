/**
 * Periodically asks Discord for the bot's voice state. Only this detects that a voice state was lost on its way to the bot.
 * Without it, a bot may be outside its channel for days without knowing it.
 */
import { catchError, concatMap, defer, EMPTY, filter, ignoreElements, map, merge, Observable, repeat, take, takeUntil, tap, timer, type ObservableInput, type SchedulerLike } from 'rxjs'; // prettier-ignore
import { deadline$ } from '../deadline.js';
import type { Log } from '../log.js';
import { GatewayOp } from '../protocol/opcodes.js';
import { field, isSnowflake } from '../protocol/payloads.js';
import type { Snowflake, VoiceStatePayload } from '../types.js';
import type { GatewayPayload, GatewayPort } from './port.js';

/** How long an answer is waited for, in ms. */
const ANSWER_MS = 30_000;

/** With a longer delay, a timer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How {@link whereabouts$} asks, and how often. */
export interface WhereaboutsOptions {
  readonly ask: () => ObservableInput<VoiceStatePayload | null>;
  /** ms, varied at random by up to half of it in either direction, so that many sessions do not all ask at once. */
  readonly every: number;
  readonly scheduler: SchedulerLike;
  readonly random: (bytes: number) => Uint8Array;
  readonly log: Log;
}

/** Where the bot is, as reported by the bot gateway. */
interface Known {
  readonly channelId: unknown;
  readonly sessionId: unknown;
}

/**
 * Emits a VOICE_STATE_UPDATE like the bot gateway's, if the answer differs from what the gateway reported. An answer is dropped if a voice
 * state arrives before it, or if it comes too late. A request that fails is logged, and repeated the next time.
 * Never completes.
 *
 * ```
 * asked    ----?-------?-------?-------
 * answers  -----=--------x-------=-----      = what is known, x another
 * gateway  s------------------s--------      s the bot's own voice state
 * result   --------------X-------------
 * ```
 */
export function whereabouts$(
  gateway$: GatewayPort,
  { guildId, userId }: { readonly guildId: Snowflake; readonly userId: Snowflake },
  { ask, every, scheduler, random, log }: WhereaboutsOptions,
): Observable<GatewayPayload> {
  return defer(() => {
    let known: Known | undefined;
    const own$ = gateway$.pipe(
      filter(({ t, d }) => {
        if (t !== 'VOICE_STATE_UPDATE') return t === 'READY';
        return field(d, 'guild_id') === guildId && field(d, 'user_id') === userId;
      }),
    );
    const followed$ = own$.pipe(
      tap(({ t, d }) => {
        known = t === 'READY' ? undefined : { channelId: field(d, 'channel_id'), sessionId: field(d, 'session_id') };
      }),
      ignoreElements(),
      // The membership reports the end and the errors of the gateway.
      catchError(() => EMPTY),
    );
    const failed = (error: unknown): Observable<never> => {
      log({ type: 'ignored', what: 'whereami', reason: error instanceof Error ? error.message : String(error) });
      return EMPTY;
    };
    const answer$ = defer(ask).pipe(
      take(1),
      takeUntil(merge(own$, deadline$(ANSWER_MS, scheduler))),
      concatMap((answer) => corrected(answer, known) ?? EMPTY),
      tap(({ channel_id }) => log({ type: 'reconciled', channelId: channel_id })),
      tap(({ channel_id, session_id }) => (known = { channelId: channel_id, sessionId: session_id })),
      map((d) => ({ op: GatewayOp.Dispatch, t: 'VOICE_STATE_UPDATE', d: { ...d, guild_id: guildId, user_id: userId } })),
      catchError(failed),
    );
    const due$ = defer(() => timer(jittered(every, random), scheduler));
    const asked$ = due$.pipe(concatMap(() => (known === undefined ? EMPTY : answer$)), repeat()); // prettier-ignore
    return merge(followed$, asked$);
  });
}

/** The correct state, if it differs from the known one; otherwise undefined. @throws TypeError for an answer that is not a voice state */
function corrected(answer: VoiceStatePayload | null, known: Known | undefined): [VoiceStatePayload] | undefined {
  const channelId: unknown = answer === null ? null : field(answer, 'channel_id');
  if (channelId !== null && !isSnowflake(channelId))
    throw new TypeError('its answer has no channel_id: pass on the voice state, or null for none');
  const { session_id = known?.sessionId } = answer ?? {};
  if (channelId === known?.channelId && session_id === known?.sessionId) return undefined;
  return [{ ...answer, channel_id: channelId, session_id: session_id as string }];
}

function jittered(ms: number, random: (bytes: number) => Uint8Array): number {
  const [byte = 0] = random(1);
  return Math.min(LONGEST_TIMER, Math.round(ms * (0.5 + byte / 256)));
}
