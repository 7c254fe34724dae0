/** The place where a session runs at the moment. */
import type { Observable } from 'rxjs';
import type { Peer } from './peer.js';
import type { FarSink, Production } from './sink.js';

export interface Link {
  readonly peer: Peer;
  /** The number of the subscription that represents the session. */
  readonly session: number;
  /** Whether messages reach the far side at the moment. For a far side in this process it never emits. */
  readonly up$: Observable<boolean>;
  /** The frames of each play, by the number with which the far side requests them. */
  readonly sources: Map<number, OpenFrames>;
}

/** Supplies the frames of a play to the far side that requests them. */
export type OpenFrames = (sink: FarSink) => Production;
