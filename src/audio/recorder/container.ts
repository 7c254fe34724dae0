/** What the recorder needs from a file format: it turns pieces with positions into bytes. Pure; one for each file. */
import type { FileChunk } from '../pcm/wav-writer.js';

/** A piece of content for a file, and its position. */
export interface Piece<Audio> {
  /** In samples from the start of the recording. */
  readonly at: number;
  readonly samples: number;
  readonly audio: Audio;
  /** The SSRC of its speaker; null for a mix. If two SSRCs claim one position, the one that is written there keeps it. */
  readonly ssrc: number | null;
  /** Whether it continues where the speaker's last piece ended; otherwise there was a pause. */
  readonly joins: boolean;
  /** Whether the decoder concealed it. */
  readonly concealed: boolean;
}

/**
 * What to do with a piece whose position is not the end of the file: write it there anyway, leave it out, or fill the gap first, with
 * silence or (for a short loss) with packets that the player conceals.
 */
export type Fit = 'write' | 'leave-out' | { readonly silence: number } | { readonly conceal: number };

export interface Container<Audio> {
  /** Samples per channel at 48 kHz so far. */
  readonly samples: number;
  /** How many of these samples are in the chunks returned so far. */
  readonly samplesOut: number;
  /** Samples that still fit. */
  readonly room: number;
  /** @param gap samples from the end of the file to the position of the piece; below 0 if that position is already filled */
  fit(piece: Piece<Audio>, gap: number): Fit;
  header(): readonly FileChunk[];
  write(piece: Piece<Audio>): readonly FileChunk[];
  /** Makes up to this many samples of silence: as much as is made in one step. */
  silence(samples: number): readonly FileChunk[];
  conceal?(samples: number): readonly FileChunk[];
  flush(): readonly FileChunk[];
  end(): readonly FileChunk[];
}
