/** The files of one kind: each is opened when its speaker is first heard, and all are closed together. */
import type { Piece } from './container.js';
import { DropLedger } from './drop-ledger.js';
import type { DropReason, RecordedFile, RecordingEvent, RecordingKind } from './events.js';
import { RecordingFile, type FileSetup } from './recording-file.js';
import type { RecordingError } from './recording-error.js';
import type { Speaker } from './speaker.js';

export interface TracksSetup<Audio> extends Pick<FileSetup<Audio>, 'open' | 'queueBytes'> {
  readonly kind: RecordingKind;
  readonly begin: 'recording' | 'first-word';
  readonly container: (speaker: Speaker | null) => FileSetup<Audio>['container'];
  readonly name: (file: Omit<RecordedFile, 'part'>) => FileSetup<Audio>['name'];
  readonly emit: (event: RecordingEvent) => void;
  readonly fail: (error: RecordingError) => void;
  /** Called when all files are closed. */
  readonly done: () => void;
}

interface Track<Audio extends ArrayBufferView> {
  readonly file: RecordingFile<Audio>;
  userId: Speaker['userId'];
}

/** The key of the one file of all speakers. */
const EVERYBODY = '';

export class Tracks<Audio extends ArrayBufferView> {
  readonly #setup: TracksSetup<Audio>;
  readonly #tracks = new Map<string, Track<Audio>>();
  /** Packets of speakers who have no file. */
  readonly #withoutFile = new DropLedger();
  #open = 0;
  #ended = false;

  constructor(setup: TracksSetup<Audio>) {
    this.#setup = setup;
  }

  /** @param key of the speaker's file: see `SpeakerKeys` */
  push(key: string, speaker: Speaker, piece: Piece<Audio>): void {
    const track = this.#trackOf(key, speaker, piece);
    track.userId ??= speaker.userId;
    track.file.push(piece);
  }

  /** Adds a piece of the mix of all speakers. */
  pushShared(piece: Piece<Audio>): void {
    this.#trackOf(EVERYBODY, null, piece).file.push(piece);
  }

  /** Counts an event of a speaker who has a file. */
  count(key: string, what: 'lost' | 'late'): void {
    this.#tracks.get(key)?.file.count(what);
  }

  drop(key: string, reason: DropReason): void {
    (this.#tracks.get(key)?.file ?? this.#withoutFile).drop(reason);
  }

  tick(): void {
    for (const { file } of this.#tracks.values()) file.tick();
    this.#tellWithoutFile();
  }

  /** No more pieces come. Calling it again does nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tellWithoutFile();
    for (const { file } of this.#tracks.values()) file.end();
    if (this.#tracks.size === 0) this.#setup.done();
  }

  #tellWithoutFile(): void {
    const { kind, emit } = this.#setup;
    this.#withoutFile.tell((reason, packets) => emit({ type: 'dropped', kind, userId: null, ssrc: null, part: 0, reason, packets }));
  }

  #trackOf(key: string, speaker: Speaker | null, piece: Piece<Audio>): Track<Audio> {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      const { kind, begin, container, name, open, queueBytes, emit, fail } = this.#setup;
      const file = { kind, userId: speaker?.userId ?? null, ssrc: speaker?.ssrc ?? null };
      this.#open += 1;
      const made: Track<Audio> = {
        userId: file.userId,
        file: new RecordingFile({
          file,
          userId: () => made.userId,
          start: begin === 'first-word' ? piece.at : 0,
          queueBytes,
          name: name(file),
          open,
          container: container(speaker),
          emit,
          fail,
          done: () => this.#closed(),
        }),
      };
      this.#tracks.set(key, (track = made));
    }
    return track;
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#ended && this.#open === 0) this.#setup.done();
  }
}
