/** What the far side tells of a session without being asked: all that a session replays, and its log. */
import { Subscription } from 'rxjs';
import { viewOf, type VoiceSession } from '../driver/session/session.js';
import type { VoiceHealth } from '../driver/session/health.js';
import type { SessionView } from '../driver/session/view.js';
import type { LogEvent } from '../log.js';
import type { CallMember, E2eeState, EndReason, Latency, Snowflake, VoiceState } from '../types.js';

/** The latest of each: what has not changed is not said again, so that it stays the object that it was. */
export interface SessionSnapshot {
  readonly state: VoiceState;
  readonly e2ee: E2eeState;
  /** But for its `state`, which is that above. */
  readonly health: Omit<VoiceHealth, 'state'>;
  readonly members: ReadonlySet<Snowflake>;
  readonly roster: ReadonlyMap<Snowflake, CallMember>;
  readonly latency: Latency | null;
}

/** A session that is ready for the first time, as it is then. */
export interface ReadySession {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  readonly now: SessionSnapshot;
}

/** The session is ready, for the first time; what has changed; that it ended; that it is about to go on elsewhere, or in one place and no other, or is not after all; that it is to do so now; a line of its log. */
export type SessionNews =
  | { readonly ready: ReadySession }
  | { readonly change: Partial<SessionSnapshot> }
  | { readonly ended: EndReason }
  | { readonly moving: boolean; readonly to?: string }
  | { readonly moved: true }
  | { readonly log: LogEvent };

/** Nobody acts upon a round trip at once, and each session measures several within seconds. */
const LATENCY_PATIENCE_MS = 200;

const NOTHING: Pick<SessionSnapshot, 'members' | 'roster' | 'latency'> = { members: new Set(), roster: new Map(), latency: null };

/** Tells `ready`, and then each change in the order in which it happens. */
export function tellNews(session: VoiceSession, tell: (news: SessionNews, patience?: number) => void): Subscription {
  const subscription = new Subscription();
  /** Until all that replays has been told once: then it is the snapshot. */
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
