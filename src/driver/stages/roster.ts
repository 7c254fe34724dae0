/** Who is in the call, as a stage. */
import { BehaviorSubject, map, Observable, Subject } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { LOG } from '../../checks/common.js';
import type { Log } from '../../log.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { Snowflake, SpeakingEvent } from '../../types.js';
import { Roster } from '../connection/roster.js';
import type { CallMembers } from '../dave/host.js';
import type { OwnerSource } from './receiving.js';

/** Where the frames of the voice gateway come from: a `Control`, or a source that you merge from several of them. */
export interface FrameSource {
  /** Every frame, in order. Hot. */
  readonly frames$: Observable<ServerFrame>;
}

/** Who is in the call, and who owns which SSRC. */
export interface CallRoster extends CallMembers, OwnerSource {
  /** The members of the call, without the bot. Replays the current set. */
  readonly members$: Observable<ReadonlySet<Snowflake>>;
  /** Who starts and who stops speaking. Hot. */
  readonly speaking$: Observable<SpeakingEvent>;
}

/** Options of {@link roster$}. */
export interface RosterOptions {
  /** Called for frames that cannot be used. Default: none. */
  readonly log?: Log;
}

const checkOptions = fields({ log: LOG } satisfies Readonly<Record<keyof RosterOptions, Check>>);

/**
 * Follows opcodes 5, 11, 12 and 13. Emits once, at once, and follows until it is unsubscribed. Subscribe before Identify is sent, so that no frame is
 * missed, and before stages that depend on it, such as `dave$`. Its streams complete when it is unsubscribed. Errors with a VoiceOptionsError if an
 * option is invalid.
 *
 * ```
 * frames    --j-----s--l--    j joined, s speaks, l left
 * result    r-------------
 * members$  a-b--------a--
 * ```
 *
 * @param userId the bot's own id
 */
export function roster$({ frames$ }: FrameSource, userId: Snowflake, options: RosterOptions = {}): Observable<CallRoster> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const { log } = options;
    const changed$ = new BehaviorSubject<undefined>(undefined);
    const claimed$ = new Subject<number>();
    const speaking$ = new Subject<SpeakingEvent>();
    const roster = new Roster(userId, {
      onMembers: () => changed$.next(undefined),
      onClaimed: (ssrc) => claimed$.next(ssrc),
      onSpeaking: (event) => speaking$.next(event),
      onIgnored: (op, reason) => log?.({ type: 'ignored', what: `opcode ${op}`, reason }),
    });
    subscriber.add(() => [changed$, speaking$, claimed$].forEach((stream$) => stream$.complete()));
    // Before the emission, so that a consumer that then subscribes to the frames finds the roster updated first.
    subscriber.add(frames$.subscribe({ next: (frame) => roster.frame(frame), error: (error: unknown) => subscriber.error(error) }));
    subscriber.next({
      get members() {
        return roster.members;
      },
      userOf: (ssrc) => roster.userOf(ssrc),
      claimed$: claimed$.asObservable(),
      members$: changed$.pipe(map(() => roster.snapshot())),
      speaking$: speaking$.asObservable(),
    });
  });
}
