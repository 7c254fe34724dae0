/** Where a session runs at the moment. */
import type { Observable } from 'rxjs';
import type { Peer } from './peer.js';
import type { FarSink, Production } from './sink.js';

export interface Link {
  readonly peer: Peer;
  /** The number of the subscription that the session is. */
  readonly session: number;
  /** Whether what is said gets there for the moment. What never says so is a far side in this process. */
  readonly up$: Observable<boolean>;
  /** Where the far side asks for the frames of a play by its number. */
  readonly sources: Map<number, OpenFrames>;
}

/** Gives a play's frames to who asks for them. */
export type OpenFrames = (sink: FarSink) => Production;
