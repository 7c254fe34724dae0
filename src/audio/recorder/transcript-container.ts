/** Transcripts as containers of the recorder: one entry of text for each speech segment. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { FileChunk } from '../pcm/wav-writer.js';
import { AppendedBytes } from './appended.js';
import type { Container, Fit, Piece } from './container.js';
import { speakerName } from './speaker.js';
import type { Spoken } from './spoken.js';

/** How a transcript is written. */
export interface TranscriptFormat {
  readonly header: string;
  entry(spoken: Spoken): string;
  /** The text between two entries. */
  readonly between: string;
  readonly end: string;
}

/** A JSON array of `{ startMs, endMs, userId, ssrc }`, one per line. */
export const JSON_TRANSCRIPT: TranscriptFormat = {
  header: '[\n',
  entry: ({ at, end, userId, ssrc }) => JSON.stringify({ startMs: toMs(at), endMs: toMs(end), userId, ssrc }),
  between: ',\n',
  end: '\n]\n',
};

/**
 * One cue per entry, with the speaker in a voice span: `<v 81384788765712384>`. Players show it as subtitles of the recording.
 * Source: W3C, WebVTT: The Web Video Text Tracks Format, sections 4.1 and 4.2.
 */
export const VTT_TRANSCRIPT: TranscriptFormat = {
  header: 'WEBVTT\n\n',
  entry: (spoken) => `${clock(spoken.at)} --> ${clock(spoken.end)}\n<v ${speakerName(spoken)}>${speakerName(spoken)} speaks\n`,
  between: '\n',
  end: '',
};

export class TranscriptContainer implements Container<Uint8Array> {
  readonly room = Number.POSITIVE_INFINITY;
  readonly #format: TranscriptFormat;
  readonly #file = new AppendedBytes();
  #samples = 0;
  #entries = 0;

  constructor(format: TranscriptFormat) {
    this.#format = format;
  }

  get samples(): number {
    return this.#samples;
  }

  get samplesOut(): number {
    return this.#samples;
  }

  fit(): Fit {
    return 'write';
  }

  header(): readonly FileChunk[] {
    return this.#append(this.#format.header);
  }

  write({ at, samples, audio }: Piece<Uint8Array>): readonly FileChunk[] {
    const before = this.#entries === 0 ? '' : this.#format.between;
    this.#entries += 1;
    this.#samples = Math.max(this.#samples, at + samples);
    return [...this.#append(before), ...this.#file.chunks([audio])];
  }

  silence(): readonly FileChunk[] {
    return [];
  }

  flush(): readonly FileChunk[] {
    return [];
  }

  end(): readonly FileChunk[] {
    return this.#append(this.#format.end);
  }

  #append(text: string): readonly FileChunk[] {
    return text === '' ? [] : this.#file.chunks([new TextEncoder().encode(text)]);
  }
}

function toMs(samples: number): number {
  return Math.round(samples / SAMPLES_PER_MS);
}

/** `01:02:03.456` */
function clock(samples: number): string {
  const ms = toMs(samples);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${String(ms % 1_000).padStart(3, '0')}`;
}
