/** The heartbeat timer of one WebSocket. */
import { interval, Observable, type SchedulerLike } from 'rxjs';
import { amount, fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import { VoiceSocketClosedError } from '../../errors.js';
import { operate } from '../../operate.js';
import { CloseCode } from '../../protocol/close-codes.js';
import { heartbeat } from '../../protocol/commands.js';
import type { ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readHeartbeatAck } from '../../protocol/payloads.js';
import type { Control } from './control.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** ms, also between two beats that the server asks for. One that asks for less is mistaken, and would have us flood it. */
const MIN_PERIOD = 50;
/** Beats in a row that may go unanswered before the socket counts as dead. */
const MISSES = 2;
/** Beats that may yet be acknowledged: no more are remembered, however long the period and however often the server asks. */
const MAX_SENT = 64;

/** Where {@link heartbeat$} takes its time from. */
export interface HeartbeatOptions {
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({ scheduler: SCHEDULER } satisfies Readonly<Record<keyof HeartbeatOptions, Check>>);
/** NaN and less than nothing would be no period at all, but one beat after the other. */
const checkPeriod = amount('ms, 0 or more', 0);

/**
 * Sends a heartbeat every `period` ms (50 at the least), the first after one period, and one at once when the server asks for it,
 * though no sooner than 50 ms after the last that it asked for. Emits the round
 * trip in ms at each acknowledgement; errors with a VoiceSocketClosedError (4900) when a beat is due and the two before it were
 * not acknowledged: an open socket can be dead for hours; with a VoiceOptionsError for arguments that are none. Never completes.
 *
 * ```
 * due     ----b----b----b----b----b
 * acks    -----a----a---------------
 * result  -----r----r--------------#
 * ```
 */
export function heartbeat$(control: Control, period: number, options: HeartbeatOptions = {}): Observable<number> {
  return new Observable((subscriber) => {
    checkPeriod('period', period);
    checkOptions('', options);
    const { scheduler = steadyScheduler } = options;
    /** When each beat was sent that is not yet acknowledged, by its `t`. */
    const sent = new Map<number, number>();
    let last = 0;
    let asked = -Infinity;
    let answered = true;
    let misses = 0;
    const beat = (): void => {
      const now = scheduler.now();
      // `t` tells acks apart, so it must rise even if the clock does not.
      last = Math.max(Math.floor(now), last + 1);
      sent.set(last, now);
      if (sent.size > MAX_SENT) sent.delete(sent.keys().next().value!);
      control.send(heartbeat(control.version, last, control.seq));
    };
    const next = (frame: ServerFrame): void => {
      if (frame.kind !== 'json') return;
      if (frame.op === VoiceOp.Heartbeat && Math.abs(scheduler.now() - asked) >= MIN_PERIOD) {
        asked = scheduler.now();
        beat();
      }
      if (frame.op !== VoiceOp.HeartbeatAck) return;
      const at = sent.get(readHeartbeatAck(frame.d) ?? -1);
      if (at === undefined) return;
      sent.clear();
      answered = true;
      subscriber.next(Math.max(0, scheduler.now() - at));
    };
    control.frames$.subscribe(operate({ destination: subscriber, next }));
    subscriber.add(
      interval(Math.max(MIN_PERIOD, period), scheduler).subscribe(() => {
        misses = answered ? 0 : misses + 1;
        if (misses >= MISSES) {
          subscriber.error(new VoiceSocketClosedError(CloseCode.HeartbeatLost));
          return;
        }
        answered = false;
        beat();
      }),
    );
  });
}
