/** What a far side prepares for a session that is about to arrive. It sends nothing and does not identify: the session still runs elsewhere. */
import type { Observable } from 'rxjs';
import type { VoiceOptions } from '../../driver/options.js';
import type { Transports } from '../../driver/ports.js';
import type { VoiceSession } from '../../driver/session/session.js';
import type { FrameDescription } from '../../frames/description.js';
import type { FrameInput } from '../../media/send/play-options.js';
import type { Topic } from '../wire.js';
import type { Departure } from './departure.js';

export type PrepareTopic = Extract<Topic, { readonly what: 'prepare' }>;

/**
 * The request to a far side to prepare for a session.
 *
 * @param directed whether the session stays where it is if this place cannot be prepared
 */
export function prepareTopic(endpoint: string | null, { gatewayVersion }: Pick<VoiceOptions, 'gatewayVersion'>, sources: readonly FrameDescription[] = [], directed = false): PrepareTopic {
  return { what: 'prepare', endpoint, sources, ...(gatewayVersion === undefined ? {} : { gatewayVersion }), ...(directed ? { directed } : {}) };
}

/** Frames that are already open. They belong to the caller that requested them, until they play. */
export interface Opened {
  readonly frames: FrameInput;
  /** Closes them unless a play has taken them; a play keeps them until its own end. */
  letGo(): void;
}

export interface Prepared {
  /** Completes when everything is ready or has failed. Emits nothing. */
  readonly ready$: Observable<unknown>;
  /** The transports, which first give out the sockets that are already open. */
  readonly transports: Transports;
  /** The opened source, to be played from its `start`; undefined if no opened source fits, or it has failed. The caller then owns it. */
  open(source: FrameDescription): Opened | undefined;
  /** Releases what nobody has taken. */
  close(): void;
}

/** A far side that can prepare. */
export interface HandOver {
  /** @throws EngineLostError if the far side is about to end, or accepts no more sessions at once that need not come */
  readonly prepare: (wish: PrepareTopic) => Prepared;
  /** The departure of a session that runs here; undefined if it cannot be told to move. */
  readonly departure: (session: VoiceSession) => Departure | undefined;
}
