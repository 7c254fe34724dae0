/** What the recorder asks of a file format: places in time become bytes. Pure, one for each file. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import { OggOpusWriter, type OggOpusWriterOptions } from '../ogg/opus-writer.js';
import type { FileChunk } from '../pcm/wav-writer.js';

export interface Container<Audio> {
  /** Samples a channel at 48 kHz so far. */
  readonly samples: number;
  /** Those of them that are in the chunks given out. */
  readonly samplesOut: number;
  /** Samples that it still takes. */
  readonly room: number;
  /** The least silence that it can hold, in samples; gaps below that close up. Default 1. */
  readonly grain?: number;
  header(): readonly FileChunk[];
  write(audio: Audio): readonly FileChunk[];
  silence(samples: number): readonly FileChunk[];
  /** A short loss, where the format leaves it to the player to conceal it. Default: silence. */
  conceal?(samples: number): readonly FileChunk[];
  flush(): readonly FileChunk[];
  end(): readonly FileChunk[];
}

/** {@link OggOpusWriter} as a container: its pages lie one after the other. */
export class OggContainer implements Container<Uint8Array> {
  readonly room = Number.POSITIVE_INFINITY;
  readonly grain = OPUS_GRID;
  readonly #writer: OggOpusWriter;
  #position = 0;

  constructor(options: OggOpusWriterOptions) {
    this.#writer = new OggOpusWriter(options);
  }

  get samples(): number {
    return this.#writer.samples;
  }

  get samplesOut(): number {
    return this.#writer.samplesOut;
  }

  header(): readonly FileChunk[] {
    return this.#follow([this.#writer.header()]);
  }

  write(packet: Uint8Array): readonly FileChunk[] {
    return this.#follow(this.#writer.write(packet));
  }

  silence(samples: number): readonly FileChunk[] {
    return this.#follow(this.#writer.silence(samples));
  }

  conceal(samples: number): readonly FileChunk[] {
    return this.#follow(this.#writer.conceal(samples));
  }

  flush(): readonly FileChunk[] {
    return this.#follow(this.#writer.flush());
  }

  end(): readonly FileChunk[] {
    return this.#follow(this.#writer.end());
  }

  #follow(pages: readonly Uint8Array[]): readonly FileChunk[] {
    return pages.map((bytes) => {
      const position = this.#position;
      this.#position += bytes.length;
      return { bytes, position };
    });
  }
}
