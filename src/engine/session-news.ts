/** What the far side sends about a session without a request: everything that a session replays, and its log. */
import { Subscription } from 'rxjs';
import { viewOf, type VoiceSession } from '../driver/session/session.js';
import type { VoiceHealth } from '../driver/session/health.js';
import type { SessionView } from '../driver/session/view.js';
import type { LogEvent } from '../log.js';
import type { CallMember, E2eeState, EndReason, Latency, Snowflake, VoiceState } from '../types.js';

/** The latest value of each stream. A value that has not changed is not sent again, so that it stays the same object. */
export interface SessionSnapshot {
  readonly state: VoiceState;
  readonly e2ee: E2eeState;
  /** Without its `state`, which is the one above. */
  readonly health: Omit<VoiceHealth, 'state'>;
  readonly members: ReadonlySet<Snowflake>;
  readonly roster: ReadonlyMap<Snowflake, CallMember>;
  readonly latency: Latency | null;
}

/** A session at the time when it is first ready. */
export interface ReadySession {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  readonly now: SessionSnapshot;
}

/**
 * In order: the session is ready for the first time; a change; it ended; it is about to move (`to`: to this place only), or does not move after all;
 * it moves now; an entry of its log.
 */
export type SessionNews =
  | { readonly ready: ReadySession }
  | { readonly change: Partial<SessionSnapshot> }
  | { readonly ended: EndReason }
  | { readonly moving: boolean; readonly to?: string }
  | { readonly moved: true }
  | { readonly log: LogEvent };

/** How long a round trip time may wait, in ms: nobody reacts to it at once, and each session measures several within seconds. */
const LATENCY_PATIENCE_MS = 200;

const NOTHING: Pick<SessionSnapshot, 'members' | 'roster' | 'latency'> = { members: new Set(), roster: new Map(), latency: null };

/** Sends `ready`, and then each change in the order in which it happens. */
export function tellNews(session: VoiceSession, tell: (news: SessionNews, patience?: number) => void): Subscription {
  const subscription = new Subscription();
  /** Collects the first values of the replaying streams for the snapshot; undefined afterwards. */
  let now: Partial<SessionSnapshot> | undefined = {};
  const change = (news: Partial<SessionSnapshot>, patience?: number): void => {
    if (now === undefined) tell({ change: news }, patience);
    else now = { ...now, ...news };
  };
  let before: SessionView | undefined;
  subscription.add(
    viewOf(session)!.subscribe((view) => {
      change(changesOf(view, before));
      before = view;
    }),
  );
  subscription.add(session.members$.subscribe((members) => change({ members })));
  subscription.add(session.roster$.subscribe((roster) => change({ roster })));
  subscription.add(session.latency$.subscribe((latency) => change({ latency }, LATENCY_PATIENCE_MS)));
  const snapshot = { ...NOTHING, ...now } as SessionSnapshot;
  now = undefined;
  tell({ ready: { guildId: session.guildId, userId: session.userId, now: snapshot } });
  subscription.add(session.ended$.subscribe((ended) => tell({ ended })));
  return subscription;
}


function changesOf({ state, e2ee, health }: SessionView, before: SessionView | undefined): Partial<SessionSnapshot> {
  const { state: _, ...rest } = health;
  return {
    ...(state === before?.state ? {} : { state }),
    ...(e2ee === before?.e2ee ? {} : { e2ee }),
    ...(health === before?.health ? {} : { health: rest }),
  };
}
