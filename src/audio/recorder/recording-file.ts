/** One file on its way to the disk: a bounded queue, a container, and a sink that may be slow. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Snowflake } from '../../types.js';
import { FfmpegError } from '../errors.js';
import { isPromiseLike } from '../promise-like.js';
import type { FileChunk } from '../pcm/wav-writer.js';
import { BoundedQueue } from './bounded-queue.js';
import type { Container, Piece } from './container.js';
import { DropLedger } from './drop-ledger.js';
import type { DropReason, FileEvent, RecordedFile, RecordingCounts } from './events.js';
import { RecordingError } from './recording-error.js';
import { after, type OpenRecordingSink, type RecordingSink } from './sink.js';

/** A part that failed before this many samples, a second, is not followed by another one. */
const WORTH_SAMPLES = 48_000;
/** Zeros for sinks without `hole`. */
const ZEROS = new Uint8Array(192_000);

export interface FileSetup<Audio> {
  readonly file: Omit<RecordedFile, 'part' | 'userId'>;
  /** The speaker, if it is known. */
  readonly userId: () => Snowflake | null;
  /** Where in the recording the file begins, in samples. */
  readonly start: number;
  readonly queueBytes: number;
  readonly name: (part: number) => string;
  readonly open: OpenRecordingSink;
  readonly container: () => Container<Audio>;
  readonly emit: (event: FileEvent) => void;
  readonly fail: (error: RecordingError) => void;
  /** Called when the last part is closed. Not called after `fail`. */
  readonly done: () => void;
}

export class RecordingFile<Audio extends ArrayBufferView> {
  readonly #setup: FileSetup<Audio>;
  readonly #queue: BoundedQueue<Piece<Audio>>;
  readonly #drops = new DropLedger();
  /** The SSRC of the piece that was written last. */
  #ssrc: number | null | undefined;
  #part = 1;
  #container: Container<Audio>;
  #partStart: number;
  #name = '';
  #sink: RecordingSink | undefined;
  #chunks: FileChunk[] = [];
  /** The length of the file, and how much of it was written: everything but its holes. */
  #length = 0;
  #bytes = 0;
  #bytesTold = 0;
  /** Samples of this part in chunks that were written completely. */
  #samplesWritten = 0;
  #counts = { packets: 0, lost: 0, late: 0, concealed: 0 };
  #touched = false;
  #flushing = false;
  #closing = false;
  #ending = false;
  #running = false;
  /** Closed or failed: nothing happens after that. */
  #over = false;

  constructor(setup: FileSetup<Audio>) {
    this.#setup = setup;
    this.#queue = new BoundedQueue(setup.queueBytes);
    this.#container = setup.container();
    this.#partStart = setup.start;
  }

  /** Pieces come in the order of their stream. Gaps between their positions become silence. */
  push(piece: Piece<Audio>): void {
    if (this.#over) return;
    this.#touched = true;
    if (!this.#queue.push(piece)) this.drop('slow-disk');
    this.#run();
  }

  drop(reason: DropReason): void {
    this.#drops.drop(reason);
  }

  count(what: 'lost' | 'late'): void {
    this.#counts[what] += 1;
  }

  /** Must be called once a second: reports the progress, and writes buffered data if no new piece has come to trigger it. */
  tick(): void {
    if (this.#over) return;
    if (!this.#touched) this.#flushing = true;
    this.#touched = false;
    this.#run();
    this.#tellDrops();
    const bytes = this.#size;
    if (this.#sink === undefined || bytes === this.#bytesTold) return;
    this.#bytesTold = bytes;
    const durationMs = this.#samplesWritten / SAMPLES_PER_MS;
    this.#emit({ type: 'progress', path: this.#path, durationMs, bytes, queuedBytes: this.#queue.bytes });
  }

  /** No more pieces come: writes everything that waits, and closes. */
  end(): void {
    this.#ending = true;
    this.#run();
  }

  /** Executes steps as long as they complete synchronously, and continues when an asynchronous one is done. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    while (!this.#over) {
      const operation = this.#operation();
      try {
        const pending = this.#step();
        if (pending === IDLE) break;
        if (pending === undefined || !isPromiseLike(pending)) continue;
        pending.then(
          () => this.#resume(),
          (error: unknown) => this.#fail(operation, error),
        );
        return;
      } catch (error) {
        this.#fail(operation, error);
        return;
      }
    }
    this.#running = false;
  }

  #resume(): void {
    this.#running = false;
    this.#run();
  }

  #operation(): 'open' | 'write' | 'close' {
    if (this.#sink === undefined) return 'open';
    return this.#closing && this.#chunks.length === 0 ? 'close' : 'write';
  }

  #step(): void | PromiseLike<void> | typeof IDLE {
    const sink = this.#sink;
    if (sink === undefined) return this.#open();
    const [chunk] = this.#chunks;
    if (chunk !== undefined) return this.#write(sink, chunk);
    this.#samplesWritten = this.#container.samplesOut;
    if (this.#closing) return after(sink.close(), () => this.#closed());
    const piece = this.#queue.first;
    if (piece !== undefined) return this.#put(piece);
    if (this.#flushing) {
      this.#flushing = false;
      this.#give(this.#container.flush());
    } else if (this.#ending) {
      this.#finish();
    } else {
      return IDLE;
    }
  }

  #open(): void | PromiseLike<void> {
    this.#name = this.#setup.name(this.#part);
    return after(this.#setup.open(this.#name), (sink) => {
      this.#sink = sink;
      this.#give(this.#container.header());
      this.#emit({ type: 'file-opened', path: this.#path, startMs: this.#partStart / SAMPLES_PER_MS });
    });
  }

  /** Writes the chunk, or the hole before it. */
  #write(sink: RecordingSink, { bytes, position }: FileChunk): void | PromiseLike<void> {
    const hole = position - this.#length;
    if (hole > 0 && sink.hole !== undefined) return after(sink.hole(hole, this.#length), () => void (this.#length += hole));
    if (hole > 0) return this.#grow(sink, ZEROS.subarray(0, hole), this.#length);
    this.#chunks.shift();
    return bytes.length === 0 ? undefined : this.#grow(sink, bytes, position);
  }

  #grow(sink: RecordingSink, bytes: Uint8Array, position: number): void | PromiseLike<void> {
    return after(sink.write(bytes, position), () => {
      const more = Math.max(0, position + bytes.length - this.#length);
      this.#length += more;
      this.#bytes += more;
    });
  }

  /** Writes the piece, or fills a part of the gap before it. */
  #put(piece: Piece<Audio>): void {
    const container = this.#container;
    const { samples, room } = container;
    const gap = piece.at - this.#partStart - samples;
    const taken = gap < 0 && piece.ssrc !== this.#ssrc && this.#ssrc !== undefined;
    const fit = taken ? 'leave-out' : container.fit(piece, gap);
    if (typeof fit === 'object') {
      if (room === 0) this.#finish();
      else if ('conceal' in fit && container.conceal) this.#give(container.conceal(fit.conceal));
      else this.#give(container.silence(Math.min('conceal' in fit ? fit.conceal : fit.silence, room)));
    } else if (fit === 'leave-out') {
      this.#queue.shift();
      this.drop(piece.joins && !taken ? 'drift' : 'no-place');
    } else if (piece.samples > room) {
      this.#finish();
    } else {
      this.#queue.shift();
      this.#ssrc = piece.ssrc;
      this.#counts.packets += 1;
      if (piece.concealed) this.#counts.concealed += 1;
      this.#give(container.write(piece));
    }
  }

  #finish(): void {
    this.#give(this.#container.end());
    this.#closing = true;
  }

  #give(chunks: readonly FileChunk[]): void {
    this.#chunks.push(...chunks);
  }

  #closed(): void {
    this.#tellDrops();
    this.#emit({ type: 'file-closed', ...this.#account() });
    if (this.#ending && this.#queue.first === undefined) this.#finished();
    else this.#nextPart();
  }

  /** Closes the file as far as it got after its ffmpeg has ended. */
  async #failPart(error: FfmpegError): Promise<void> {
    this.#chunks = [];
    await closeQuietly(this.#sink);
    const goesOn = this.#container.samplesOut >= WORTH_SAMPLES;
    this.#tellDrops();
    this.#emit({ type: 'file-failed', ...this.#account(), error, goesOn });
    if (!goesOn || (this.#ending && this.#queue.first === undefined)) this.#finished();
    else this.#nextPart();
    this.#resume();
  }

  #account(): Pick<Extract<FileEvent, { type: 'file-closed' }>, 'path' | 'startMs' | 'durationMs' | 'bytes' | keyof RecordingCounts> {
    const [startMs, durationMs] = [this.#partStart / SAMPLES_PER_MS, this.#container.samples / SAMPLES_PER_MS];
    return { path: this.#path, startMs, durationMs, bytes: this.#size, ...this.#counts, dropped: this.#drops.total };
  }

  #finished(): void {
    this.#over = true;
    this.#setup.done();
  }

  #nextPart(): void {
    this.#closing = false;
    this.#partStart += this.#container.samples;
    this.#part += 1;
    this.#sink = undefined;
    this.#container = this.#setup.container();
    this.#length = 0;
    this.#bytes = 0;
    this.#bytesTold = 0;
    this.#samplesWritten = 0;
    this.#counts = { packets: 0, lost: 0, late: 0, concealed: 0 };
    this.#drops.reset();
  }

  #fail(operation: 'open' | 'write' | 'close', error: unknown): void {
    if (error instanceof FfmpegError) {
      void this.#failPart(error);
      return;
    }
    this.#over = true;
    if (operation === 'write') void closeQuietly(this.#sink);
    this.#setup.fail(new RecordingError(operation, this.#path, error));
  }

  get #size(): number {
    return this.#sink?.written ?? this.#bytes;
  }

  get #path(): string {
    return this.#sink?.path ?? this.#name;
  }

  #tellDrops(): void {
    this.#drops.tell((reason, packets) => this.#emit({ type: 'dropped', reason, packets }));
  }

  #emit(event: DistributiveOmit<FileEvent, keyof RecordedFile>): void {
    this.#setup.emit({ ...this.#setup.file, userId: this.#setup.userId(), part: this.#part, ...event });
  }
}

const IDLE = Symbol('idle');
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The recording has failed already, so an error of this close does not matter. */
async function closeQuietly(sink: RecordingSink | undefined): Promise<void> {
  try {
    await sink?.close();
  } catch {
    return;
  }
}
