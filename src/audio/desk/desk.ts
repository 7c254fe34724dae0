/** A mixer whose tracks come and go while it plays. */
import { isObservable, shareReplay, Subject, Subscription, type Observable } from 'rxjs';
import { insulated } from '../../edge.js';
import { VoiceOptionsError } from '../../errors.js';
import { SAMPLES_PER_MS, SILENCE_FRAME } from '../../protocol/silence.js';
import type { OpusFrame, RestingIterator } from '../../types.js';
import { createOpusDecoder } from '../opus/decoder.js';
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

/** A mixer: what `play()` takes, commands in, facts out. */
export interface Desk extends Iterable<OpusFrame> {
  /** What happens, with the frame that it happens in. It completes when the play is over. */
  readonly facts$: Observable<DeskFact>;
  /** The tracks that are on it, as they are now. */
  readonly tracks: readonly TrackState[];
  /**
   * Tells it something. It takes effect at the next frame, and the audio never waits for it; after the play, nothing comes of it.
   *
   * @throws VoiceOptionsError at once for what is no command. One that cannot be obeyed when it is its turn is a fact: `ignored`
   */
  send(command: DeskCommand): void;
  /** Sends `add`, and gives a handle for what was added: its methods only send commands. */
  add(source: TrackSource, options?: TrackOptions): TrackHandle;
  /**
   * The frames: one play. With nothing to be heard it gives silence, or says so to who asks (see {@link RestingIterator}).
   *
   * @throws VoiceOptionsError where it was played before
   */
  [Symbol.iterator](): RestingIterator;
}

/**
 * A mixer for `session.play()`. Each source is a track; tracks join and leave at any time, each with a level, filters, a place and an end
 * of its own. It is pulled by the clock: a frame is made when one is due, so nothing moves while a session is being remade.
 *
 * While exactly one untouched track of Opus is heard, in packets of 20 ms, the very packets are passed, and nothing is decoded. In and out of
 * that nothing is lost and nothing clicks.
 *
 * ```ts
 * const music = desk();
 * session.play(music).subscribe();
 * const song = music.add(source('song.opus'), { volume: 0.5 });
 * music.add('horn.mp3', { priority: 1 }); // the song makes room for it
 * song.seek(90_000);
 * ```
 * The same by commands as values: `desk(commands$)`, which is subscribed to for as long as it plays. An error of it ends the play; a
 * command in it that is none is told as `ignored`.
 *
 * What a track fails with, or waits for, costs the others nothing: each is read ahead, as far as `readAhead`, and is silent where that does
 * not do. All sources are let go of with the play, also in the middle of a read. A desk is played once.
 *
 * @throws VoiceOptionsError when an option is not what it must be
 */
export function desk(options?: DeskOptions): Desk;
export function desk(commands$: Observable<DeskCommand>, options?: DeskOptions): Desk;
export function desk(first?: DeskOptions | Observable<DeskCommand>, second?: DeskOptions): Desk {
  const commands$ = isObservable(first) ? first : undefined;
  const options = (isObservable(first) ? second : first) ?? {};
  checkDeskOptions(options);
  return new OneDesk(commands$, options);
}

class OneDesk implements Desk {
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
  #wake: (() => void) | undefined;

  constructor(commands$: Observable<DeskCommand> | undefined, options: DeskOptions) {
    const { whenEmpty, bitrate, readAhead, positionEvery } = { ...DEFAULT_DESK_OPTIONS, ...options };
    this.facts$ = insulated(this.#facts);
    this.#commands$ = commands$;
    this.#whenEmpty = whenEmpty;
    this.#play = new DeskPlay(this.#roster, bitrate);
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

  add(source: TrackSource, options: TrackOptions = {}): TrackHandle {
    const id = options.id ?? this.#newId();
    this.send({ ...options, type: 'add', source, id });
    return trackHandle(this, id);
  }

  [Symbol.iterator](): RestingIterator {
    if (this.#opened) throw new VoiceOptionsError('frames', 'this desk was played before, and is played once: make another one for each play');
    this.#opened = true;
    this.#subscription =
      this.#commands$?.subscribe({
        next: (command) => this.#take(command),
        error: (error: unknown) => {
          this.#failure = { error };
          this.#rouse();
        },
      }) ?? Subscription.EMPTY;
    if (this.#over) this.#subscription.unsubscribe();
    let ready: OpusFrame | undefined;
    return {
      resting: (wake) => {
        const next = this.#next();
        if (next === REST) this.#wake = wake;
        else ready = next;
        return next === REST;
      },
      next: () => {
        const next = ready ?? this.#next();
        ready = undefined;
        if (next === undefined) return { done: true, value: undefined };
        if (next !== REST) return { done: false, value: next };
        return { done: false, value: this.#silence() };
      },
      return: () => {
        this.#release();
        return { done: true, value: undefined };
      },
    };
  }

  /** A frame, that there is none for now, or undefined: the end. */
  #next(): OpusFrame | typeof REST | undefined {
    this.#wake = undefined;
    if (this.#over) return undefined;
    try {
      return this.#pull();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #pull(): OpusFrame | typeof REST | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#play.turn();
    const commands = this.#commands;
    this.#commands = [];
    for (const command of commands) this.#obey(command);
    const frame = this.#play.next();
    for (const fact of this.#play.takeNews(frame === REST)) this.#facts.next(fact);
    // Whoever was told may have left, or said something.
    if (this.#over) return undefined;
    if (frame !== REST) return frame;
    if (this.#commands.length > 0) return this.#silence();
    if (this.#whenEmpty === 'wait' || !this.#added || this.#roster.size > 0) return REST;
    this.#release();
    return undefined;
  }

  /** A frame in which there is nothing. */
  #silence(): OpusFrame {
    this.#play.skip();
    return SILENCE_FRAME;
  }

  #obey(command: DeskCommand): void {
    try {
      obey(this.#roster, command, this.#host, () => this.#newId());
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
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #newId(): string {
    this.#ids += 1;
    return `track-${this.#ids}`;
  }

  #release(): void {
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
}

/** What ducks all tracks is subscribed to once. */
function sharedDucking({ by$, ...ducking }: Ducking): Ducking {
  return by$ === undefined ? ducking : { ...ducking, by$: by$.pipe(shareReplay({ bufferSize: 1, refCount: true })) };
}
