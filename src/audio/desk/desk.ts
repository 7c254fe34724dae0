/** A mixer whose tracks can be added and removed while it plays. */
import { isObservable, shareReplay, Subject, Subscription, type Observable } from 'rxjs';
import { insulated } from '../../edge.js';
import { VoiceOptionsError } from '../../errors.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { SAMPLES_PER_MS, SILENCE_FRAME } from '../../protocol/silence.js';
import { createOpusDecoder } from '../opus/decoder.js';
import { createOpusEncoder } from '../opus/encoder.js';
import { checkCommand, checkDeskOptions } from './check.js';
import type { DeskCommand } from './commands.js';
import { DeskPlay, REST } from './desk-play.js';
import type { DeskFact, TrackState } from './facts.js';
import { trackHandle, type TrackHandle } from './handle.js';
import type { TrackSource } from './media/media-of.js';
import { obey } from './obey.js';
import { DEFAULT_DESK_OPTIONS, type DeskOptions, type Ducking, type TrackOptions } from './options.js';
import type { TrackHost } from './tracks/host.js';
import { samplesOf } from './tracks/meter.js';
import { Roster } from './tracks/roster.js';

/** A mixer: `play()` takes it, commands go in, facts come out. It can be played once. */
export interface Desk extends FrameStream {
  /** What happens, told with the frame in which it happens. It completes when the play is over. */
  readonly facts$: Observable<DeskFact>;
  /** The tracks that are on the desk now. */
  readonly tracks: readonly TrackState[];
  /**
   * Sends a command. It takes effect at the next frame, and the audio never waits for it. After the play it has no effect.
   *
   * @throws VoiceOptionsError at once if it is not a valid command. A command that cannot be carried out at its frame becomes the fact `ignored`
   */
  send(command: DeskCommand): void;
  /** Sends `add`, and returns a handle of the new track. The methods of the handle only send commands. */
  add(source: TrackSource, options?: TrackOptions): TrackHandle;
}

/**
 * A mixer for `session.play()`. Each source is a track; tracks are added and removed at any time, each with its own level, filters, position
 * and end. The clock pulls: a frame is made when one is due, so nothing advances while a session is being restored.
 *
 * While exactly one untouched Opus track with packets of 20 ms is heard, its packets are passed unchanged, and nothing is decoded. Switching
 * into and out of that mode loses nothing and does not click.
 *
 * ```ts
 * const music = desk();
 * session.play(music).subscribe();
 * const song = music.add(source('song.opus'), { volume: 0.5 });
 * music.add('horn.mp3', { priority: 1 }); // the song makes room for it
 * song.seek(90_000);
 * ```
 * The same by commands as values: `desk(commands$)`. The Observable is subscribed to while the desk plays. An error of it ends the play;
 * an invalid command in it is told as `ignored`.
 *
 * A track that fails or waits does not affect the others: each is read ahead, up to `readAhead`, and is silent when its source is later than
 * that. All sources are released when the play ends, also in the middle of a read. A desk is played once.
 *
 * @throws VoiceOptionsError if an option is invalid
 */
export function desk(options?: DeskOptions): Desk;
export function desk(commands$: Observable<DeskCommand>, options?: DeskOptions): Desk;
export function desk(first?: DeskOptions | Observable<DeskCommand>, second?: DeskOptions): Desk {
  const commands$ = isObservable(first) ? first : undefined;
  const options = (isObservable(first) ? second : first) ?? {};
  checkDeskOptions(options);
  const core = new DeskCore(commands$, options);
  const { facts$ } = core;
  const mixer: Desk = {
    ...frameStream((read) => core.open(read)),
    facts$,
    get tracks() {
      return core.tracks;
    },
    send: (command) => core.send(command),
    add: (input, track = {}) => {
      const id = track.id ?? core.newId();
      core.send({ ...track, type: 'add', source: input, id });
      return trackHandle(mixer, id);
    },
  };
  return mixer;
}

/** A desk and its one play. */
class DeskCore implements FrameQueue {
  readonly facts$: Observable<DeskFact>;
  readonly #facts = new Subject<DeskFact>();
  readonly #commands$: Observable<DeskCommand> | undefined;
  readonly #whenEmpty: 'wait' | 'end';
  readonly #roster = new Roster();
  readonly #play: DeskPlay;
  readonly #host: TrackHost;
  #commands: DeskCommand[] = [];
  #subscription = Subscription.EMPTY;
  #ids = 0;
  #added = false;
  #opened = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #resting = false;
  #onReadable: () => void = () => undefined;

  constructor(commands$: Observable<DeskCommand> | undefined, options: DeskOptions) {
    const { whenEmpty, bitrate, encoder, readAhead, positionEvery } = { ...DEFAULT_DESK_OPTIONS, encoder: createOpusEncoder, ...options };
    this.facts$ = insulated(this.#facts);
    this.#commands$ = commands$;
    this.#whenEmpty = whenEmpty;
    this.#play = new DeskPlay(this.#roster, () => encoder({ bitrate }));
    this.#host = {
      codec: options.codec ?? createOpusDecoder,
      readAhead: samplesOf(readAhead),
      positionEvery: positionEvery * SAMPLES_PER_MS,
      duck: sharedDucking(options.duck ?? {}),
      wake: () => this.#rouse(),
      tell: (news) => this.#play.tell(news),
    };
  }

  get tracks(): readonly TrackState[] {
    return this.#roster.all.map(({ state }) => state);
  }

  send(command: DeskCommand): void {
    checkCommand(command);
    this.#take(command);
  }

  newId(): string {
    this.#ids += 1;
    return `track-${this.#ids}`;
  }

  /** @throws VoiceOptionsError if it was played before */
  open({ onReadable }: QueueOptions): FrameQueue {
    if (this.#opened) throw new VoiceOptionsError('frames', 'this desk was played before, and is played once: make another one for each play');
    this.#opened = true;
    this.#onReadable = onReadable;
    this.#subscription =
      this.#commands$?.subscribe({
        next: (command) => this.#take(command),
        error: (error: unknown) => {
          this.#failure = { error };
          this.#rouse();
        },
      }) ?? Subscription.EMPTY;
    if (this.#over) this.#subscription.unsubscribe();
    return this;
  }

  /** Whether all tracks are paused, or wait for a paused one: the user wants the silence. */
  get paused(): boolean {
    const all = this.tracks;
    return all.some(({ status }) => status === 'paused') && all.every(({ status }) => status === 'paused' || status === 'waiting');
  }

  read(): QueueItem {
    this.#resting = false;
    if (this.#over) return END;
    try {
      return this.#pull();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#commands = [];
    this.#subscription.unsubscribe();
    this.#play.release();
    this.#play.turn();
    this.#roster.stop();
    for (const fact of this.#play.takeNews(true)) this.#facts.next(fact);
    this.#facts.complete();
  }

  #pull(): QueueItem {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#play.turn();
    const commands = this.#commands;
    this.#commands = [];
    for (const command of commands) this.#obey(command);
    const frame = this.#play.next();
    for (const fact of this.#play.takeNews(frame === REST)) this.#facts.next(fact);
    // A subscriber may have closed the desk, or sent a command.
    if (this.#over) return END;
    if (frame !== REST) return frame;
    if (this.#commands.length > 0) return this.#silence();
    if (this.#whenEmpty === 'end' && this.#added && this.#roster.size === 0) {
      this.close();
      return END;
    }
    this.#resting = true;
    return PENDING;
  }

  /** A frame of silence. */
  #silence(): QueueItem {
    this.#play.skip();
    return SILENCE_FRAME;
  }

  #obey(command: DeskCommand): void {
    try {
      obey(this.#roster, command, this.#host, () => this.newId());
      this.#added ||= command.type === 'add';
    } catch (error) {
      this.#play.tell({ type: 'ignored', command, error });
    }
  }

  #take(command: DeskCommand): void {
    if (this.#over) return;
    this.#commands.push(command);
    this.#rouse();
  }

  #rouse(): void {
    if (!this.#resting) return;
    this.#resting = false;
    this.#onReadable();
  }
}

/** Shares the `by$` of the desk, so that all tracks together subscribe to it once. */
function sharedDucking({ by$, ...ducking }: Ducking): Ducking {
  return by$ === undefined ? ducking : { ...ducking, by$: by$.pipe(shareReplay({ bufferSize: 1, refCount: true })) };
}
