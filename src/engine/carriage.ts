/** How the frames of a play come to the far side. */
import type { SchedulerLike } from 'rxjs';
import type { FrameDescription } from '../frames/description.js';

export interface Carriage {
  /** Frames of a play that a far side asks for ahead of its clock. */
  readonly ahead: number;
  /** Whether a source is opened there, by what it says of itself. Default: none is. */
  readonly opens?: ((description: FrameDescription) => boolean) | undefined;
}

/** What plays have of their home side. */
export interface PlaysAtHome {
  readonly scheduler: SchedulerLike;
  /** Told when one is held since nothing gets to where it plays, and when it goes on. */
  readonly held: (held: boolean) => void;
}
