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
import { Sample } from './sample.js';
import { surplus } from './surplus.js';

/** ms from one move, or look, to the next, at least. */
const LEAST_MS = 1_000;

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
    const sample = new Sample();
    const due = (peer: Peer): number => {
      const own = mine();
      return own !== undefined && sample.between(own, peer) ? surplus(own, peer) : 0;
    };
    const moves$ = (drawn: Peer): Observable<string> => {
      let peer = sample.note(drawn);
      const move$ = defer(() => (due(peer) > 0 ? give(peer.id) : of(false)));
      return range(0, due(peer)).pipe(
        concatMap((i) => (i === 0 ? move$ : timer(LEAST_MS, scheduler).pipe(concatMap(() => move$)))),
        takeWhile((gone) => gone),
        tap(() => (peer = sample.gave(peer))),
        map(() => peer.id),
      );
    };
    const look$ = defer(() => (mine() === undefined ? EMPTY : draw())).pipe(filter((peer) => peer !== undefined), concatMap(moves$), catchError(() => EMPTY)); // prettier-ignore
    const pause$ = defer(() => timer(Math.max(LEAST_MS, every * (0.5 + random())), scheduler));
    return pause$.pipe(concatMap(() => look$), repeat()); // prettier-ignore
  });
}
