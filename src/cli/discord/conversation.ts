/** One connection to the main gateway, from Hello to its loss. */
import { concat, defer, filter, ignoreElements, map, merge, repeat, share, switchMap, take, takeUntil, tap, type Observable, type SchedulerLike } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { GatewayPayload } from '../../index.js';
import { field } from '../../protocol/payloads.js';
import { gatewayAddress } from './address.js';
import { heartbeatText, identifyText, MainOp, readPayload, resumeText, type Resumable } from './payloads.js';
import type { GatewaySocket } from './socket.js';

/** What is kept from one connection to the next. */
export interface SessionMemory {
  resumable: Resumable | undefined;
  /** `s` of the last dispatch. */
  sequence: number | null;
}

export interface ConversationOptions {
  readonly token: string;
  readonly scheduler: SchedulerLike;
  /** From 0 to less than 1. */
  readonly random: () => number;
}

/** The time from open to READY or RESUMED. */
const READY_MS = 30_000;
/** The shortest heartbeat interval, in ms, so that a server that says 0 is not flooded. */
const LEAST_INTERVAL = 100;

/**
 * Identifies or resumes, and keeps the connection alive. Emits the dispatches. It never errors by itself: if the socket is no longer of use,
 * it drops the socket, and that error ends everything else.
 *
 * ```
 * in      -H--R---a----q--e--d         H Hello, R READY, a heartbeat ack, q op 1, e an event, d reconnect, or invalid session
 * out     -I----h------h-----!         I Identify, h heartbeat, ! socket dropped, also if no ack has come by the next h
 * result  ----R----------e----
 * ```
 */
export function conversation$(
  socket: GatewaySocket,
  memory: SessionMemory,
  { token, scheduler, random }: ConversationOptions,
): Observable<GatewayPayload> {
  const payloads$ = socket.messages$.pipe(
    map(readPayload),
    filter((payload) => payload !== undefined),
    tap((payload) => remember(memory, payload)),
    share(),
  );
  const of$ = (op: number): Observable<GatewayPayload> => payloads$.pipe(filter((payload) => payload.op === op));
  const dispatches$ = of$(MainOp.Dispatch);
  const hello$ = of$(MainOp.Hello).pipe(take(1));

  const introduced$ = hello$.pipe(
    tap(() => {
      const { resumable, sequence } = memory;
      socket.send(resumable === undefined || sequence === null ? identifyText(token) : resumeText(token, resumable, sequence));
    }),
  );
  const beats$ = hello$.pipe(
    switchMap(({ d }) => heartbeats$(intervalOf(d), random(), of$(MainOp.HeartbeatAck), of$(MainOp.Heartbeat), scheduler)),
    tap((beat) => (beat === 'unanswered' ? socket.drop('a heartbeat was not acknowledged') : socket.send(heartbeatText(memory.sequence)))),
  );
  const late$ = deadline$(READY_MS, scheduler).pipe(
    takeUntil(dispatches$.pipe(filter(isReady))),
    tap(() => socket.drop(`it did not let us in within ${READY_MS / 1_000} s`)),
  );
  const sentAway$ = payloads$.pipe(
    filter(({ op }) => op === MainOp.Reconnect || op === MainOp.InvalidSession),
    tap(({ op }) => socket.drop(op === MainOp.Reconnect ? 'it asked us to connect anew' : 'the session is not valid')),
  );
  return merge(dispatches$, merge(introduced$, beats$, late$, sentAway$).pipe(ignoreElements()));
}

/**
 * Emits when to send a heartbeat. The first is due after a share of the interval, so that not all clients of a gateway beat at once. A beat
 * that the gateway requests with op 1 is due at once.
 *
 * ```
 * acks    ------a-----------
 * asked   ----------q-------
 * result  --b---------b---b--u      b beat (the one for q is additional), u unanswered
 * ```
 */
export function heartbeats$(
  interval: number,
  share: number,
  acks$: Observable<unknown>,
  asked$: Observable<unknown>,
  scheduler: SchedulerLike,
): Observable<'beat' | 'unanswered'> {
  return defer(() => {
    let owed = false;
    const due$ = concat(deadline$(interval * share, scheduler), deadline$(interval, scheduler).pipe(repeat()));
    const regular$ = due$.pipe(
      map(() => {
        const result = owed ? 'unanswered' : 'beat';
        owed = true;
        return result;
      }),
    );
    const answered$ = acks$.pipe(
      tap(() => (owed = false)),
      ignoreElements(),
    );
    return merge(answered$, regular$, asked$.pipe(map(() => 'beat' as const)));
  });
}

function intervalOf(hello: unknown): number {
  const interval = field(hello, 'heartbeat_interval');
  return typeof interval === 'number' && interval >= LEAST_INTERVAL ? interval : LEAST_INTERVAL;
}

export function isReady({ t }: GatewayPayload): boolean {
  return t === 'READY' || t === 'RESUMED';
}

function remember(memory: SessionMemory, { op, t, s, d }: GatewayPayload): void {
  if (op === MainOp.InvalidSession && d !== true) memory.resumable = undefined;
  if (op !== MainOp.Dispatch) return;
  if (typeof s === 'number') memory.sequence = s;
  const [sessionId, url] = [field(d, 'session_id'), field(d, 'resume_gateway_url')];
  if (t !== 'READY' || typeof sessionId !== 'string') return;
  // If the URL is an address to which a token must not be sent, the session is resumed where it was begun.
  memory.resumable = { sessionId, url: typeof url === 'string' ? gatewayAddress(url) : undefined };
}
