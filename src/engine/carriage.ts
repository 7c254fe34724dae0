/** How the frames of a play come to the far side. */
import type { FrameDescription } from '../frames/description.js';

export interface Carriage {
  /** Frames of a play that a far side asks for ahead of its clock. */
  readonly ahead: number;
  /** Whether a source is opened there, by what it says of itself. Default: none is. */
  readonly opens?: ((description: FrameDescription) => boolean) | undefined;
}
