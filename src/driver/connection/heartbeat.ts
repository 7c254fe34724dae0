/** The heartbeat timer of one WebSocket. */
import { Observable, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { amount, fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import { whenRead } from '../../deadline.js';
import { VoiceSocketClosedError } from '../../errors.js';
import { operate } from '../../operate.js';
import { CloseCode } from '../../protocol/close-codes.js';
import { heartbeat } from '../../protocol/commands.js';
import type { ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { readHeartbeatAck } from '../../protocol/payloads.js';
import type { Control } from './control.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** ms. Also between two beats that the server requests. A server that requests a shorter period is faulty, and would make us flood it. */
const MIN_PERIOD = 50;
/** So many unanswered beats in a row, and the socket counts as dead. */
const MISSES = 2;
/** How many unacknowledged beats are remembered at most, however often the server requests one. */
const MAX_SENT = 64;

/** Where {@link heartbeat$} takes its time from. */
export interface HeartbeatOptions {
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({ scheduler: SCHEDULER } satisfies Readonly<Record<keyof HeartbeatOptions, Check>>);
/** NaN or a negative period would send beats without a pause. */
const checkPeriod = amount('ms, 0 or more', 0);

/**
 * Sends a heartbeat every `period` ms (at least 50), the first after one period, and one at once when the server requests it, but
 * not within 50 ms of the last requested one. Emits the round trip in ms at each acknowledgement. Errors with a VoiceSocketClosedError (4900)
 * when a beat is due and the two before it were not acknowledged, because an open socket can be dead for hours; an acknowledgement that
 * has arrived but is not read yet, because the process was blocked, counts. Errors with a VoiceOptionsError for invalid arguments. Never completes.
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
    const heartbeat = new Heartbeat(control, scheduler, {
      roundTrip: (ms) => subscriber.next(ms),
      unanswered: () => subscriber.error(new VoiceSocketClosedError(CloseCode.HeartbeatLost)),
    });
    control.frames$.subscribe(operate({ destination: subscriber, next: (frame) => heartbeat.frame(frame) }));
    subscriber.add(heartbeat.start(period));
  });
}

/** Is told whether the other end answers. */
export interface HeartbeatListener {
  /** ms. */
  roundTrip(ms: number): void;
  /** A beat is due, and the previous ones were not acknowledged. */
  unanswered(): void;
}

/** The same without an Observable: its owner passes it the frames. */
export class Heartbeat {
  readonly #control: Pick<Control, 'version' | 'seq' | 'send'>;
  readonly #scheduler: SchedulerLike;
  readonly #listener: HeartbeatListener;
  /** When each unacknowledged beat was sent, by its `t`; undefined if there is none. */
  #sent: Map<number, number> | undefined;
  /** ms between two beats; undefined before the start. */
  #period: number | undefined;
  /** When the next beat is due, ms. */
  #at = 0;
  #last = 0;
  #asked = -Infinity;
  #answered = true;
  #misses = 0;

  constructor(control: Pick<Control, 'version' | 'seq' | 'send'>, scheduler: SchedulerLike, listener: HeartbeatListener) {
    this.#control = control;
    this.#scheduler = scheduler;
    this.#listener = listener;
  }

  /** Sends a beat every `period` ms until unsubscribed. */
  start(period: number): Subscription {
    this.#period = Math.max(MIN_PERIOD, period);
    this.#at = this.#scheduler.now() + this.#period;
    return this.#scheduler.schedule(beatAgain, this.#period, this);
  }

  frame(frame: ServerFrame): void {
    if (frame.kind !== 'json' || this.#period === undefined) return;
    if (frame.op === VoiceOp.Heartbeat && Math.abs(this.#scheduler.now() - this.#asked) >= MIN_PERIOD) {
      this.#asked = this.#scheduler.now();
      this.#beat();
    }
    if (frame.op !== VoiceOp.HeartbeatAck) return;
    const at = this.#sent?.get(readHeartbeatAck(frame.d) ?? -1);
    if (at === undefined) return;
    this.#sent = undefined;
    this.#answered = true;
    this.#listener.roundTrip(Math.max(0, this.#scheduler.now() - at));
  }

  /** A beat is due. Whether the previous one was acknowledged is known only when everything that has arrived is read. */
  due(timer: SchedulerAction<Heartbeat>): void {
    if (this.#answered) this.#goOn(timer);
    else whenRead(this.#scheduler, this.#at, timer, () => this.#goOn(timer));
  }

  #goOn(timer: SchedulerAction<Heartbeat>): void {
    this.#misses = this.#answered ? 0 : this.#misses + 1;
    if (this.#misses >= MISSES) this.#listener.unanswered();
    else {
      this.#answered = false;
      this.#beat();
    }
    this.#at = this.#scheduler.now() + this.#period!;
    timer.schedule(this, this.#period);
  }

  #beat(): void {
    const now = this.#scheduler.now();
    // `t` tells acks apart, so it must rise even if the clock does not.
    this.#last = Math.max(Math.floor(now), this.#last + 1);
    const sent = (this.#sent ??= new Map<number, number>());
    sent.set(this.#last, now);
    if (sent.size > MAX_SENT) sent.delete(sent.keys().next().value!);
    this.#control.send(heartbeat(this.#control.version, this.#last, this.#control.seq));
  }
}

function beatAgain(this: SchedulerAction<Heartbeat>, heartbeat?: Heartbeat): void {
  heartbeat!.due(this);
}
