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
}

/** The same source, which says what it is. */
export function described<T extends object>(source: T, description: FrameDescription | undefined): T {
  return description === undefined ? source : Object.defineProperty(source, DESCRIPTION, { value: description });
}

/** What a source says of itself; undefined of all that only its own process can read. */
export function descriptionOf(input: unknown): FrameDescription | undefined {
  return typeof input === 'object' && input !== null && DESCRIPTION in input ? (input[DESCRIPTION] as FrameDescription) : undefined;
}
