/** What the recorder asks of a file format: places in time become bytes. Pure, one for each file. */
import type { FileChunk } from '../pcm/wav-writer.js';

/** Something for a file, and its place. */
export interface Piece<Audio> {
  /** In samples from the start of the recording. */
  readonly at: number;
  readonly samples: number;
  readonly audio: Audio;
  /** Whose it is: the SSRC; null of a mix. Of two that want one place, who has it keeps it. */
  readonly ssrc: number | null;
  /** Whether it goes on where the speaker's piece before it ended; else there was a pause. */
  readonly joins: boolean;
  /** Whether the decoder made it up. */
  readonly concealed: boolean;
}

/**
 * What to do about a piece whose place is not the end of the file: write it there all the same, leave it out, or fill the gap first, by
 * silence, or (a short loss) by something that the player conceals.
 */
export type Fit = 'write' | 'leave-out' | { readonly silence: number } | { readonly conceal: number };

export interface Container<Audio> {
  /** Samples a channel at 48 kHz so far. */
  readonly samples: number;
  /** Those of them that are in the chunks given out. */
  readonly samplesOut: number;
  /** Samples that it still takes. */
  readonly room: number;
  /** @param gap samples from the end of the file to the place of the piece; below 0 where that is taken already */
  fit(piece: Piece<Audio>, gap: number): Fit;
  header(): readonly FileChunk[];
  write(piece: Piece<Audio>): readonly FileChunk[];
  /** As much of this silence as is made in one step. */
  silence(samples: number): readonly FileChunk[];
  conceal?(samples: number): readonly FileChunk[];
  flush(): readonly FileChunk[];
  end(): readonly FileChunk[];
}
