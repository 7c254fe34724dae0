/** Gives byte chunks their positions, one after the other in a file. */
import type { FileChunk } from '../pcm/wav-writer.js';

export class AppendedBytes {
  #position = 0;

  /** Places these parts behind all earlier ones. */
  chunks(parts: readonly Uint8Array[]): readonly FileChunk[] {
    return parts.map((bytes) => {
      const position = this.#position;
      this.#position += bytes.length;
      return { bytes, position };
    });
  }
}
