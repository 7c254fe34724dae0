/** End-to-end encryption as a stage. */
import { Observable, skip, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { FLAG, LOG, SCHEDULER } from '../../checks/common.js';
import type { Log } from '../../log.js';
import type { Snowflake } from '../../types.js';
import { E2ee } from '../dave/e2ee.js';
import type { CallMembers, MessageSink } from '../dave/host.js';
import type { DaveProvider } from '../dave/provider.js';
import type { CallRoster, FrameSource } from './roster.js';
import { stageTime } from './stage-time.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/**
 * The end-to-end encryption of one call: the option `dave` of `sendOpus` and `receiveOpus`; its `sendable$` is the option of that name of `paced$`.
 * Call `describe` with the version in Session Description, as soon as that arrives.
 */
export type Dave = Pick<E2ee, 'cipher' | 'changed$' | 'sendable$' | 'state$' | 'ready$' | 'describe' | 'verify'>;

/** Options of {@link dave$}. */
export interface DaveOptions {
  /** Whether nothing may be sent or received while the call is not encrypted, as with the option `e2ee: 'required'` of a session. Default false. */
  readonly required?: boolean;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** Called for frames that cannot be used. Default: none. */
  readonly log?: Log;
}

const checkOptions = fields({ required: FLAG, scheduler: SCHEDULER, log: LOG } satisfies Readonly<Record<keyof DaveOptions, Check>>);

/**
 * The client's half of DAVE: opcodes 21 to 31. Emits once, at once, and follows the group until it is unsubscribed. Subscribe before Identify is
 * sent, so that no frame is missed. Errors with a VoiceUnsupportedError if the provider cannot do what the call needs, and with a VoiceOptionsError
 * if an option is invalid.
 *
 * ```
 * frames     --D----e-----w----    D description (describe), e external sender, w Welcome
 * result     d-----------------
 * sent       --k----------------   k key package
 * sendable$  f------------t----    false, true
 * ```
 *
 * @param ids the bot's own id, and the channel's; a `VoiceServer` has both
 * @param roster who else is in the call, as emitted by `roster$`
 * @param provider implements MLS; false for a call in the clear
 */
export function dave$(
  control: FrameSource & MessageSink,
  ids: { readonly userId: Snowflake; readonly channelId: Snowflake },
  roster: CallMembers & Pick<CallRoster, 'members$'>,
  provider: DaveProvider | false,
  options: DaveOptions = {},
): Observable<Dave> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const { required = false, scheduler = steadyScheduler, log = () => undefined } = options;
    const time = stageTime(scheduler, subscriber);
    const fail = (error: unknown): void => subscriber.error(error);
    const e2ee = new E2ee({ provider, required, ids, call: roster, outbox: control, time, log, fail });
    const onError = { error: fail };
    subscriber.add(control.frames$.subscribe({ ...onError, next: (frame) => e2ee.frame(frame) }));
    subscriber.add(roster.members$.pipe(skip(1)).subscribe({ ...onError, next: () => e2ee.membersChanged() }));
    subscriber.next(e2ee);
  });
}
