/** How the frames of a play come to the far side. */
import type { SchedulerLike } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';

export interface Carriage {
  /** Frames of a play that a far side asks for ahead of its clock. */
  readonly ahead: number;
  /** A source that is opened there, as it is described to who opens it; undefined of one that is read at home. Default: all are. */
  readonly opens?: ((description: FrameDescription) => FrameDescription | undefined) | undefined;
}

/** Which sources are opened on the far side. */
export type OpenedThere = 'none' | 'urls' | 'files';

export function isOpenedThere(sources: OpenedThere, { from }: FrameDescription): boolean {
  return sources === 'files' || (sources === 'urls' && from === 'url');
}

/** What plays have of their home side. */
export interface PlaysAtHome {
  readonly scheduler: SchedulerLike;
  /** Told when one is held since nothing gets to where it plays, and when it goes on. */
  readonly held: (held: boolean) => void;
}
