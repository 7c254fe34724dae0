/** Descriptions of sources: a source that can be opened anywhere need not be sent there frame by frame. */

/** The same symbol in every copy of this library in a process. */
const DESCRIPTION = Symbol.for('rxvoice.description');

/** A source that somebody else can open, as plain data. */
export interface FrameDescription {
  /** A path, or a URL. */
  readonly input: string;
  readonly from: 'file' | 'url';
  /** Where it begins, in ms. */
  readonly start: number;
  /** Whether the receiver knows this source already: then `start` is where it continues, not where it was told to begin. */
  readonly goesOn?: boolean;
  /** How it is read, as the options of `source`. */
  readonly options: { readonly bitrate?: number; readonly outputGain?: 'apply' | 'ignore'; readonly stallTimeout?: number };
  /**
   * More options of `source`, which no other process gets: they are secret, or specific to this machine. If it is present, even if empty
   * as for a file: URL, the description can be used only within this process.
   */
  readonly own?: { readonly headers?: Readonly<Record<string, string>>; readonly ffmpeg?: string };
}

/** The same source with a description, which replaces an earlier one. */
export function described<T extends object>(source: T, description: FrameDescription | undefined): T {
  return description === undefined ? source : Object.defineProperty(source, DESCRIPTION, { value: description, configurable: true });
}

/** The description of a source; undefined if only its own process can read it. */
export function descriptionOf(input: unknown): FrameDescription | undefined {
  return typeof input === 'object' && input !== null && DESCRIPTION in input ? (input[DESCRIPTION] as FrameDescription) : undefined;
}
