/** The position of a session that is kept: of what plays there, or of what did where its owner before was. */
import { catchError, defer, from, map, mergeMap, Observable, of, retry, shareReplay, tap, timer, type SchedulerLike } from 'rxjs';
import type { VoiceSession } from '../../driver/session/session.js';
import type { VoiceOptions } from '../../driver/options.js';
import { guarded } from '../../edge.js';
import type { OpenSource } from '../../engine/serve-engine.js';
import { descriptionOf, type FrameDescription } from '../../frames/description.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { PlayEnd, PlayEvent, Snowflake } from '../../types.js';
import type { Entry } from '../registry/buckets.js';
import type { Heir } from '../registry/claims.js';
import type { Position, WrittenPosition } from './position.js';
import { predecessorOf, type Predecessor } from './predecessor.js';
import { sourceName } from './source-name.js';
import { Track } from './track.js';

/** Whose session it is. */
export interface Whose {
  readonly bot: Snowflake;
  readonly guildId: Snowflake;
  readonly process: string;
  /** ms. */
  readonly keep: number;
  readonly log: VoiceOptions['log'];
}

/** What the places of a node have in common. */
export interface Archive {
  readonly scheduler: SchedulerLike;
  /** Opens a source; what it opens is described as it was asked for. */
  readonly open: OpenSource;
  /** What the owner before has left: as of `Predecessors`. */
  read(key: string, before: Predecessor): Promise<Position | string | undefined>;
  /** It is to be written down from now on. */
  add(place: Place): void;
  /** Not any more. Returns what is to be left in the entry of the session. */
  remove(place: Place): object | undefined;
  /** Whether all ends, and nobody has wished it. */
  closed(): boolean;
  /** Its position is another, and not by going on. */
  edge(): void;
}

/** Reads that are not answered are asked for again so often. */
const READS = 3;
const RETRY_MS = 200;

export class Place implements Heir {
  readonly key: string;
  /** What the process of the bot that has the session has said of it, in ms. */
  keep: number;
  /** Whether the process is gone, and the next has not come. */
  alone = false;
  /** Whether it goes on elsewhere, for no end of this node. */
  moved = false;
  /** The process that listens to what plays, or did so last. */
  #process: string;
  readonly #whose: Whose;
  readonly #archive: Archive;
  #fence = 0;
  #track: Track | undefined;
  #before: Predecessor | undefined;
  #read$: Observable<Position | undefined> | undefined;
  /** What was read, until something plays. */
  #inherited: Position | undefined;
  /** The first play of a process that follows has come: no other follows what was. */
  #played = false;
  /** That there was no room. */
  #told = false;

  constructor(whose: Whose, archive: Archive) {
    this.key = `${whose.bot}.${whose.guildId}`;
    this.#process = whose.process;
    this.keep = whose.keep;
    this.#whose = whose;
    this.#archive = archive;
  }

  /** The one that it is taken for. */
  get process(): string {
    return this.#whose.process;
  }

  before(entry: Entry | null): void {
    this.#before = predecessorOf(entry);
  }

  /** What the owner before has left is read as the session joins, so that its first play need not wait for it. */
  taken(fence: number): void {
    this.#fence = fence;
    this.#archive.add(this);
    if (this.#before !== undefined && this.#before.process !== this.process) this.#inherit$(this.#before).subscribe();
  }

  left(): object | undefined {
    return this.#archive.remove(this);
  }

  /** A process plays something, or follows what plays. */
  heardBy(process: string): void {
    if (this.#process === process) return;
    this.#process = process;
    this.#archive.edge();
  }

  /** Nobody is to go on with it. */
  forget(): void {
    this.#track = undefined;
    this.#inherited = undefined;
    this.#before = undefined;
  }

  /** There was no room for it. */
  notWritten(): void {
    if (!this.#told) this.#ignored('it did not fit into a message with those of the other songs: raise max_payload of the NATS server');
    this.#told = true;
  }

  /** Undefined where nothing plays that could be found again. */
  get position(): WrittenPosition | undefined {
    const { keep } = this;
    const process = this.#process;
    const fence = this.#fence;
    if (keep === 0) return undefined;
    if (this.#track === undefined) return this.#inherited && { ...this.#inherited, keep, fence };
    const { source, at, frames } = this.#track;
    return { process, source, at, frames, keep, fence };
  }

  /** As `session.play`; but a first play of what its owner before had playing goes on where that was. */
  play$(session: VoiceSession, frames: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    const source = descriptionOf(frames);
    return defer(() => {
      const first = !this.#played;
      this.#played = true;
      if (source === undefined) return this.#tracked$(undefined, (onEnd) => session.play(frames, { ...options, onEnd }), options);
      const name = sourceName(this.#whose.bot, this.#whose.guildId, source);
      const follows = first && source.goesOn !== true;
      return (follows ? this.#found$(name) : of(undefined)).pipe(mergeMap((found) => this.#from$(session, name, source, found, frames, options)));
    });
  }

  /** Positions and frames are told as those of who plays it from its own start on. */
  #from$(session: VoiceSession, name: string, source: FrameDescription, found: Position | undefined, frames: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    const { start } = source;
    if (found === undefined) return this.#tracked$(new Track(name, start, 0), (onEnd) => session.play(frames, { ...options, onEnd }), options);
    const played$ = this.#tracked$(new Track(name, found.at, found.frames), (onEnd) => session.play(this.#archive.open({ ...source, start: found.at }), { ...options, onEnd }), options);
    return played$.pipe(
      map((event) => {
        if (event.type === 'sent') return { ...event, position: event.position + found.at - start };
        return event.type === 'finished' ? { ...event, frames: event.frames + found.frames } : event;
      }),
    );
  }

  /** @param track undefined: of what plays no position is known */
  #tracked$(track: Track | undefined, play: (onEnd: (end: PlayEnd) => void) => Observable<PlayEvent>, { onEnd }: PlayOptions): Observable<PlayEvent> {
    const ended = (end: PlayEnd): void => {
      // What ends with its session may go on with the next owner; and nobody stops what nobody listens to.
      if (track !== undefined && this.#track === track && end.reason !== 'session-ended' && !this.alone && !this.#archive.closed()) {
        this.#track = undefined;
        this.#archive.edge();
      }
      onEnd?.(end);
    };
    return play(ended).pipe(
      tap((event) => {
        if (event.type === 'started') this.#begun(track);
        else if (event.type === 'sent') track?.sent(event);
        else if (event.type === 'paused') this.#archive.edge();
      }),
    );
  }

  #begun(track: Track | undefined): void {
    this.#track = track;
    this.#inherited = undefined;
    this.#archive.edge();
  }

  /** A process that is still there knows better itself where it was. */
  #found$(name: string): Observable<Position | undefined> {
    const process = this.#process;
    const before = this.#before;
    if (before === undefined || before.process === process) return of(undefined);
    return this.#inherit$(before).pipe(map((position) => (position !== undefined && position.process !== process && position.source === name ? position : undefined)));
  }

  /** Read once. */
  #inherit$(before: Predecessor): Observable<Position | undefined> {
    const { scheduler } = this.#archive;
    this.#read$ ??= defer(() => from(this.#archive.read(this.key, before))).pipe(
      retry({ count: READS - 1, delay: () => timer(RETRY_MS, scheduler) }),
      catchError(() => of('the bucket did not answer')),
      map((read) => {
        if (typeof read === 'string') this.#ignored(read);
        const position = typeof read === 'string' ? undefined : read;
        if (position === undefined || this.#track !== undefined || this.#before !== before) return position;
        this.#inherited = position;
        this.#archive.edge();
        return position;
      }),
      shareReplay(1),
    );
    return this.#read$;
  }

  #ignored(reason: string): void {
    const { log, guildId } = this.#whose;
    guarded(() => log?.({ type: 'ignored', what: 'position', reason, at: this.#archive.scheduler.now(), guildId }));
  }
}
