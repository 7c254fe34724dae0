/** The files of one kind: opened when somebody is first heard, closed together. */
import { DropLedger } from './drop-ledger.js';
import type { RecordingEvent, RecordingKind, DropReason } from './events.js';
import { RecordingFile, type FileSetup, type Piece } from './recording-file.js';
import type { RecordingError } from './recording-error.js';
import { speakerKey, type Speaker } from './speaker.js';

export interface TracksSetup<Audio> extends Pick<FileSetup<Audio>, 'open' | 'queueBytes'> {
  readonly kind: RecordingKind;
  readonly begin: 'recording' | 'first-word';
  readonly container: (speaker: Speaker | null) => FileSetup<Audio>['container'];
  readonly name: (file: FileSetup<Audio>['file']) => FileSetup<Audio>['name'];
  readonly emit: (event: RecordingEvent) => void;
  readonly fail: (error: RecordingError) => void;
  /** All files are closed. */
  readonly done: () => void;
}

/** The key of the one file that is everybody's. */
const MIX = 'mix';

export class Tracks<Audio extends ArrayBufferView> {
  readonly #setup: TracksSetup<Audio>;
  readonly #files = new Map<string, RecordingFile<Audio>>();
  /** Packets of those who have no file. */
  readonly #homeless = new DropLedger();
  #open = 0;
  #ended = false;

  constructor(setup: TracksSetup<Audio>) {
    this.#setup = setup;
  }

  /** @param speaker null for a mix */
  push(speaker: Speaker | null, piece: Piece<Audio>): void {
    const key = speaker === null ? MIX : speakerKey(speaker);
    let file = this.#files.get(key);
    if (file === undefined) {
      file = this.#create(speaker, piece.at);
      this.#files.set(key, file);
    }
    file.push(piece);
  }

  /** Counts something of a speaker who has a file. */
  count(speaker: Speaker, what: 'lost' | 'late'): void {
    this.#files.get(speakerKey(speaker))?.count(what);
  }

  drop(speaker: Speaker, reason: DropReason): void {
    (this.#files.get(speakerKey(speaker)) ?? this.#homeless).drop(reason);
  }

  tick(): void {
    for (const file of this.#files.values()) file.tick();
    this.#tellHomeless();
  }

  /** Nothing more comes. Calling it again does nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tellHomeless();
    for (const file of this.#files.values()) file.end();
    if (this.#files.size === 0) this.#setup.done();
  }

  #tellHomeless(): void {
    const { kind, emit } = this.#setup;
    this.#homeless.tell((reason, packets) => emit({ type: 'dropped', kind, userId: null, ssrc: null, part: 0, reason, packets }));
  }

  #create(speaker: Speaker | null, at: number): RecordingFile<Audio> {
    const { kind, begin, container, name, open, queueBytes, emit, fail } = this.#setup;
    const file = { kind, userId: speaker?.userId ?? null, ssrc: speaker?.ssrc ?? null };
    this.#open += 1;
    return new RecordingFile({
      file,
      start: begin === 'first-word' ? at : 0,
      queueBytes,
      name: name(file),
      open,
      container: container(speaker),
      emit,
      fail,
      done: () => {
        this.#open -= 1;
        if (this.#ended && this.#open === 0) this.#setup.done();
      },
    });
  }
}
