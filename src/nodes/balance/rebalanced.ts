/**
 * A node that carries more than others moves sessions to them, a few at a time and one after the other. It looks at one other node, drawn at random,
 * at random times. So if many nodes carry too much, few look at the same node at once, and no node receives much at once.
 *
 * ```
 * look     ^---l-----l--------------l---       l: a peer is drawn
 * moves    --------------m---m---m-----        m: a session starts to move; as many as `surplus` says for this look
 * result   --------------o---o---o-----        o: a session has moved
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

/** The shortest time from one move or look to the next, in ms. */
const LEAST_MS = 1_000;

/** What rebalancing reads of a node, and does to it. */
export interface Rebalancing {
  /** The mean time from one look to the next, in ms. */
  readonly every: number;
  /** The current record of this node; undefined while it must not move sessions. */
  readonly mine: () => NodeRecord | undefined;
  /** Draws another node; undefined if none is known. If it fails, the next look tries again. */
  readonly draw: () => Promise<Peer | undefined>;
  /** Moves one session to that node; resolves with whether it has moved. */
  readonly give: (id: string) => Promise<boolean>;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** Emits for each session that has moved the id of the node that it moved to. Never completes. */
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
