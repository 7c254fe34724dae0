/**
 * A node that has more to do than others lets go of sessions, a few at a time and one after the other. It looks at one other node, drawn at
 * random, at a time of its own: of many nodes that have too much, few look at the same one at once, and none gets much of them.
 *
 * ```
 * look     ^---l-----l--------------l---       l: a peer is drawn
 * moves    --------------m---m---m-----        as many as the other is to have by this look
 * result   --------------o---o---o-----        each that has gone
 * ```
 */
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  filter,
  map,
  of,
  range,
  repeat,
  takeWhile,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { NodeRecord } from '../registry/buckets.js';
import type { Peer } from './peers.js';
import { surplus } from './surplus.js';

/** ms from one move, or look, to the next, at least. */
const LEAST_MS = 1_000;
/** Peers drawn last, whose mean with ours stands for that of all: who is below it lets go of none, and who is above it gets none, or sessions would go by a third one. */
const REMEMBERED = 8;

/** What is known, and done, of a node. */
export interface Rebalancing {
  /** ms from one look to the next, in the mean. */
  readonly every: number;
  /** This node as it is; undefined while it is not to let go of any. */
  readonly mine: () => NodeRecord | undefined;
  /** Another; undefined where none is known. What fails is tried again by the next look. */
  readonly draw: () => Promise<Peer | undefined>;
  /** One session goes there; resolves with whether it has. */
  readonly give: (id: string) => Promise<boolean>;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** Emits the id of the node for each session that has gone there; endless. */
export function rebalanced$({ every, mine, draw, give, random, scheduler }: Rebalancing): Observable<string> {
  return defer(() => {
    /** To whom some have gone, since it has told how many it has. */
    let last = { id: '', revision: 0, moved: 0 };
    const moved = ({ id, revision }: Peer): number => (last.id === id && last.revision === revision ? last.moved : 0);
    const uses: number[] = [];
    const note = (peer: Peer): void => {
      uses.push(useOf(peer));
      if (uses.length > REMEMBERED) uses.shift();
    };
    const due = (peer: Peer): number => {
      const own = mine();
      if (own === undefined) return 0;
      const mean = uses.reduce((sum, use) => sum + use, useOf(own)) / (uses.length + 1);
      if (useOf(own) < mean || useOf(peer) > mean) return 0;
      return surplus(own, { ...peer, sessions: peer.sessions + moved(peer) });
    };
    const move$ = (peer: Peer): Observable<boolean> => defer(() => (due(peer) > 0 ? give(peer.id) : of(false)));
    const moves$ = (peer: Peer): Observable<string> =>
      range(0, due(peer)).pipe(
        concatMap((i) => (i === 0 ? move$(peer) : timer(LEAST_MS, scheduler).pipe(concatMap(() => move$(peer))))),
        takeWhile((gone) => gone),
        tap(() => (last = { id: peer.id, revision: peer.revision, moved: moved(peer) + 1 })),
        map(() => peer.id),
      );
    const look$ = defer(() => (mine() === undefined ? EMPTY : draw())).pipe(filter((peer) => peer !== undefined), tap(note), concatMap(moves$), catchError(() => EMPTY)); // prettier-ignore
    const pause$ = defer(() => timer(Math.max(LEAST_MS, every * (0.5 + random())), scheduler));
    return pause$.pipe(concatMap(() => look$), repeat()); // prettier-ignore
  });
}

function useOf({ sessions, capacity }: NodeRecord): number {
  return sessions / capacity;
}
