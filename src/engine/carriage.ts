/** How the frames of a play reach the far side. */
import type { SchedulerLike } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';

export interface Carriage {
  /** The number of frames of a play that a far side requests ahead of its clock. */
  readonly ahead: number;
  /**
   * Returns the description with which a source is opened on the far side; undefined for a source that is read at home. Default: all are read at
   * home.
   */
  readonly opens?: ((description: FrameDescription) => FrameDescription | undefined) | undefined;
}

/** Which sources are opened on the far side. */
export type OpenedThere = 'none' | 'urls' | 'files';

export function isOpenedThere(sources: OpenedThere, { from }: FrameDescription): boolean {
  return sources === 'files' || (sources === 'urls' && from === 'url');
}

/** What plays need from their home side. */
export interface PlaysAtHome {
  readonly scheduler: SchedulerLike;
  /** Called when a play is held because the place where it plays cannot be reached, and when it goes on. */
  readonly held: (held: boolean) => void;
}
