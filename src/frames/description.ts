/** Sources in words: what can be opened anywhere is not to be carried there frame by frame. */

/** The same in every copy of this library that a process has. */
const DESCRIPTION = Symbol.for('rxvoice.description');

/** A source that somebody else can open, as plain data. */
export interface FrameDescription {
  /** A path, or a URL. */
  readonly input: string;
  readonly from: 'file' | 'url';
  /** Where it begins, in ms. */
  readonly start: number;
  /** Whoever listens has heard of it before: `start` is where it goes on, and not where it was told to begin. */
  readonly goesOn?: boolean;
  /** How it is read, as the options of `source`. */
  readonly options: { readonly bitrate?: number; readonly outputGain?: 'apply' | 'ignore'; readonly stallTimeout?: number };
  /**
   * Options of `source`, too, which no other process is told: a secret, or of this machine alone. Where it is there, though empty as for a
   * file: URL, the source is opened within this process or not by a description.
   */
  readonly own?: { readonly headers?: Readonly<Record<string, string>>; readonly ffmpeg?: string };
}

/** The same source, which says what it is, and not what it said before. */
export function described<T extends object>(source: T, description: FrameDescription | undefined): T {
  return description === undefined ? source : Object.defineProperty(source, DESCRIPTION, { value: description, configurable: true });
}

/** What a source says of itself; undefined of all that only its own process can read. */
export function descriptionOf(input: unknown): FrameDescription | undefined {
  return typeof input === 'object' && input !== null && DESCRIPTION in input ? (input[DESCRIPTION] as FrameDescription) : undefined;
}
