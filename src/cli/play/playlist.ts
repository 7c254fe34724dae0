/** Plays one track after the other on a desk, and applies keys to the current one. */
import type { Desk } from '../../audio/desk/desk.js';
import type { DeskFact, TrackEnd, TrackPlace } from '../../audio/desk/facts.js';
import type { MediaInfo } from '../../audio/sources/probe.js';
import type { Key } from '../terminal/keys.js';
import type { Ending, PlayFact } from './facts.js';
import { titleOf, type Track } from './tracks.js';

/** How far an arrow key seeks, in ms. */
const SEEK_MS = 10_000;
/** Seeking stops this long before the end, because seeking to the very end would be a skip. */
const END_MS = 500;
/** A key changes the volume by this much. */
const VOLUME_STEP = 0.1;
const MAX_VOLUME = 2;
/** A fade, so that breaking off does not click. */
const FADE_MS = 20;

export interface PlaylistOptions {
  readonly tracks: readonly Track[];
  readonly volume: number;
  /** Where the first track begins, in ms. */
  readonly from: number;
  /** Whether to begin again after the last. */
  readonly endless: boolean;
}

export class Playlist {
  readonly #desk: Pick<Desk, 'send' | 'add'>;
  readonly #options: PlaylistOptions;
  /** How many tracks were added to the desk. The number of a track is its id there. */
  #added = 0;
  /** The track that plays, or is about to. */
  #current = 0;
  #position = 0;
  #heard = 0;
  #playing = false;
  /** How many tracks have ended. */
  #over = 0;
  /** Facts of the current track, held while the previous one still fades out, so that they are reported in order. */
  #held: PlayFact[] = [];
  #paused = false;
  #volume: number;
  #stopped = false;
  #skipped: number | undefined;
  /** Failures in a row: a list in which every track fails is not repeated for ever. */
  #failures = 0;
  readonly #infos = new Map<number, MediaInfo>();

  constructor(desk: Pick<Desk, 'send' | 'add'>, options: PlaylistOptions) {
    this.#desk = desk;
    this.#options = options;
    this.#volume = options.volume;
  }

  /** Puts the first track on the desk. */
  begin(): void {
    this.#add();
  }

  /** Whether {@link learn} was called for the track with this number in the list. */
  knows(index: number): boolean {
    return this.#infos.has(index);
  }

  /** Notes the probed facts of a track, by its number in the list. Returns a fact if it is the current one. */
  learn(index: number, info: MediaInfo): PlayFact[] {
    this.#infos.set(index, info);
    return this.#playing && index === this.index ? [this.#trackFact()] : [];
  }

  /** The number in the list of the current track. */
  get index(): number {
    return this.#current % this.#options.tracks.length;
  }

  /** Removes all tracks with a fade, which ends the play. */
  stop(): void {
    this.#stopped = true;
    this.#desk.send({ type: 'remove', fade: FADE_MS });
  }

  /** Translates a fact of the desk into facts of the command. */
  hear(fact: DeskFact): PlayFact[] {
    switch (fact.type) {
      case 'started':
        return this.#started(fact);
      case 'ended':
        return this.#ended(fact);
      case 'position':
      case 'seeked':
      case 'paused':
      case 'resumed':
      case 'stalled':
      case 'recovered':
        if (Number(fact.id) !== this.#current) return [];
        this.#position = fact.position;
        this.#heard = fact.heard;
        return fact.type === 'position' ? [] : [{ type: fact.type, position: fact.position }];
      case 'ignored':
        // A key was pressed just when the track ended.
        return [];
      default:
        return [];
    }
  }

  /** Handles a key. */
  press(key: Key): PlayFact[] {
    switch (key) {
      case 'space':
        this.#paused = !this.#paused;
        this.#desk.send({ type: this.#paused ? 'pause' : 'resume' });
        return [];
      case 'left':
        return this.#seek(-SEEK_MS);
      case 'right':
        return this.#seek(SEEK_MS);
      case 'n':
        this.#skipped = this.#current;
        this.#desk.send({ type: 'remove', id: String(this.#current), fade: FADE_MS });
        return [];
      case '+':
      case '=':
      case 'up':
        return this.#louder(VOLUME_STEP);
      case '-':
      case '_':
      case 'down':
        return this.#louder(-VOLUME_STEP);
      default:
        return [];
    }
  }

  /** Reports a track that was cut off, because the desk reports nothing after that. */
  finish(): PlayFact[] {
    if (!this.#playing) return [];
    this.#playing = false;
    return [this.#endedFact(this.#current, 'stopped', this.#heard, undefined)];
  }

  #started({ id, position }: TrackPlace): PlayFact[] {
    this.#current = Number(id);
    this.#heard = 0;
    this.#position = position;
    this.#playing = true;
    this.#failures = 0;
    // Adds the next one now, so that its source is read ahead, and there is no gap.
    if (this.#added === this.#current + 1) this.#add();
    if (this.#over >= this.#current) return [this.#trackFact()];
    this.#held = [this.#trackFact()];
    return [];
  }

  #ended({ id, heard, reason, error }: Extract<DeskFact, { readonly type: 'ended' }>): PlayFact[] {
    const number = Number(id);
    this.#over += 1;
    const held = this.#held;
    this.#held = [];
    if (reason === 'failed') this.#failures += 1;
    if (number === this.#current) {
      this.#current = number + 1;
      this.#playing = false;
    }
    if (this.#added === number + 1 && !this.#stopped) this.#add();
    // It was still waiting for its turn when all was stopped.
    if (heard === 0 && this.#stopped && reason !== 'failed') return [];
    return [this.#endedFact(number, reason, heard, error), ...held];
  }

  #endedFact(number: number, reason: TrackEnd, heard: number, error: unknown): PlayFact {
    const message = error === undefined ? null : error instanceof Error ? error.message : String(error);
    const index = number % this.#options.tracks.length;
    return { type: 'ended', index, title: this.#title(index), reason: this.#ending(number, reason), heard, message };
  }

  #ending(number: number, reason: TrackEnd): Ending {
    if (reason === 'end' || reason === 'failed') return reason;
    if (this.#skipped === number) return 'skipped';
    return this.#stopped ? 'stopped' : 'broken-off';
  }

  #add(): void {
    const { tracks, endless, from } = this.#options;
    const number = this.#added;
    if (number >= tracks.length && (!endless || this.#failures >= tracks.length)) return;
    this.#added += 1;
    const { source } = tracks[number % tracks.length]!;
    this.#desk.add(number === 0 && from > 0 && source.seekable ? source.from(from) : source, {
      id: String(number),
      volume: this.#volume,
      paused: this.#paused,
      ...(number > this.#current ? { after: String(number - 1) } : {}),
    });
  }

  #trackFact(): PlayFact {
    const { tracks } = this.#options;
    const info = this.#infos.get(this.index);
    return {
      type: 'track',
      index: this.index,
      of: tracks.length,
      title: this.#title(this.index),
      duration: info?.duration ?? null,
      seekable: tracks[this.index]!.source.seekable,
      via: info?.via ?? null,
    };
  }

  #title(index: number): string {
    return titleOf(this.#options.tracks[index]!, this.#infos.get(index));
  }

  #seek(by: number): PlayFact[] {
    const { source, name } = this.#options.tracks[this.index]!;
    if (!source.seekable) return [{ type: 'refused', reason: `${name} is heard once, from where it is` }];
    const end = (this.#infos.get(this.index)?.duration ?? Infinity) - END_MS;
    // From the target of the last key, even if the desk has not seeked there yet.
    this.#position = Math.max(0, Math.min(this.#position + by, Math.max(end, 0)));
    this.#desk.send({ type: 'seek', id: String(this.#current), position: this.#position });
    return [];
  }

  #louder(by: number): PlayFact[] {
    this.#volume = Math.round(100 * Math.min(MAX_VOLUME, Math.max(0, this.#volume + by))) / 100;
    this.#desk.send({ type: 'volume', volume: this.#volume });
    return [{ type: 'volume', volume: this.#volume }];
  }
}
