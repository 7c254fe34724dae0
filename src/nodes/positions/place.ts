/** The position of a kept session: of the song that plays in it, or of the song that played on its previous owner. */
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

/** The session, and the process of the bot that it belongs to. */
export interface Whose {
  readonly bot: Snowflake;
  readonly guildId: Snowflake;
  readonly process: string;
  /** ms for which the session is kept without a process. */
  readonly keep: number;
  readonly log: VoiceOptions['log'];
}

/** What the places of a node share. */
export interface Archive {
  readonly scheduler: SchedulerLike;
  /** Opens a source. The result carries the description that was asked for. */
  readonly open: OpenSource;
  /** Reads the position that the previous owner left, like `Predecessors`. */
  read(key: string, before: Predecessor): Promise<Position | string | undefined>;
  /** Includes the place in the checkpoints from now on. */
  add(place: Place): void;
  /** Removes the place from the checkpoints. Returns what to leave in the entry of the session. */
  remove(place: Place): object | undefined;
  /** Whether all sessions of the node are being ended without their bots having left them. */
  closed(): boolean;
  /** The position has changed other than by playing on. */
  edge(): void;
}

/** How often a read is tried in all if it is not answered. */
const READS = 3;
const RETRY_MS = 200;

export class Place implements Heir {
  readonly key: string;
  /** The `keep` of the process that has the session, in ms. */
  keep: number;
  /** Whether the process is gone and the next one has not come yet. */
  alone = false;
  /** Whether the session moves to another node. */
  moved = false;
  /** The process that listens to the play, or listened last. */
  #process: string;
  readonly #whose: Whose;
  readonly #archive: Archive;
  #fence = 0;
  #track: Track | undefined;
  #before: Predecessor | undefined;
  #read$: Observable<Position | undefined> | undefined;
  /** The position that was read; cleared when a play starts. */
  #inherited: Position | undefined;
  /** Whether the first play has come. Only the first play may continue at the position of the previous owner. */
  #played = false;
  /** Whether the log was told that the position did not fit. */
  #told = false;

  constructor(whose: Whose, archive: Archive) {
    this.key = `${whose.bot}.${whose.guildId}`;
    this.#process = whose.process;
    this.keep = whose.keep;
    this.#whose = whose;
    this.#archive = archive;
  }

  /** The process that the session is claimed for. */
  get process(): string {
    return this.#whose.process;
  }

  before(entry: Entry | null): void {
    this.#before = predecessorOf(entry);
  }

  /** Reads what the previous owner left while the session joins, so that its first play need not wait for it. */
  taken(fence: number): void {
    this.#fence = fence;
    this.#archive.add(this);
    if (this.#before !== undefined && this.#before.process !== this.process) this.#inherit$(this.#before).subscribe();
  }

  left(): object | undefined {
    return this.#archive.remove(this);
  }

  /** A process plays something, or takes over the running play. */
  heardBy(process: string): void {
    if (this.#process === process) return;
    this.#process = process;
    this.#archive.edge();
  }

  /** Discards the position, because no process may continue the song. */
  forget(): void {
    this.#track = undefined;
    this.#inherited = undefined;
    this.#before = undefined;
  }

  /** The position did not fit into the checkpoint. Logged once. */
  notWritten(): void {
    if (!this.#told) this.#ignored('it did not fit into a message with those of the other songs: raise max_payload of the NATS server');
    this.#told = true;
  }

  /** The position to write. Undefined if nothing plays that a later process could continue. */
  get position(): WrittenPosition | undefined {
    const { keep } = this;
    const process = this.#process;
    const fence = this.#fence;
    if (keep === 0) return undefined;
    if (this.#track === undefined) return this.#inherited && { ...this.#inherited, keep, fence };
    const { source, at, frames } = this.#track;
    return { process, source, at, frames, keep, fence };
  }

  /** Like `session.play`, but a first play of the source that the previous owner played continues at its position. */
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

  /** Plays from the found position. Positions and frames of the events count from the start that the bot asked for. */
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

  /** @param track undefined: the position of this play is not tracked */
  #tracked$(track: Track | undefined, play: (onEnd: (end: PlayEnd) => void) => Observable<PlayEvent>, { onEnd }: PlayOptions): Observable<PlayEvent> {
    const ended = (end: PlayEnd): void => {
      // The position is kept if the play ended with its session, because the next owner may continue it, or if nobody listened.
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

  /** The position to continue at. Undefined if the process is the one that played before: it knows its position itself. */
  #found$(name: string): Observable<Position | undefined> {
    const process = this.#process;
    const before = this.#before;
    if (before === undefined || before.process === process) return of(undefined);
    return this.#inherit$(before).pipe(map((position) => (position !== undefined && position.process !== process && position.source === name ? position : undefined)));
  }

  /** Reads the position of the previous owner, once. */
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
