/** What a far side makes ready for a session that is about to come. Nothing is sent, and nothing identified: the session is another's yet. */
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
 * What is wanted of a far side for a session that is to come.
 *
 * @param directed whether it stays where it is if it cannot come
 */
export function prepareTopic(endpoint: string | null, { gatewayVersion }: Pick<VoiceOptions, 'gatewayVersion'>, sources: readonly FrameDescription[] = [], directed = false): PrepareTopic {
  return { what: 'prepare', endpoint, sources, ...(gatewayVersion === undefined ? {} : { gatewayVersion }), ...(directed ? { directed } : {}) };
}

/** Frames that are open already: of whoever asked for them, until they play. */
export interface Opened {
  readonly frames: FrameInput;
  /** Closes them where nothing plays them; a play has them to its own end. */
  letGo(): void;
}

export interface Prepared {
  /** Completes when all is ready, or has failed. Emits nothing. */
  readonly ready$: Observable<unknown>;
  /** Sockets, those that are open already first. */
  readonly transports: Transports;
  /** What was opened, to be played from there on; undefined where nothing was that fits, or it has failed. It is the caller's from then on. */
  open(source: FrameDescription): Opened | undefined;
  /** Lets go of what nobody has taken. */
  close(): void;
}

/** A far side that can do so. */
export interface HandOver {
  /** @throws EngineLostError where the far side is about to end itself, or takes no more at once of those that need not come */
  readonly prepare: (wish: PrepareTopic) => Prepared;
  /** How a session that runs here is told to go; undefined of one that cannot be. */
  readonly departure: (session: VoiceSession) => Departure | undefined;
}
