/** The tracks of a desk, in the order in which they were added. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { Track } from './track.js';

/** The content of a frame. */
export interface Composed {
  /** How many tracks contributed. */
  readonly sounding: number;
  /** The only track in the frame, unchanged, and the packet that was decoded for it. */
  readonly only?: { readonly track: Track; readonly packet: OpusFrame };
}

export class Roster {
  readonly #tracks = new Map<string, Track>();

  get size(): number {
    return this.#tracks.size;
  }

  get all(): readonly Track[] {
    return [...this.#tracks.values()];
  }

  /** Tracks that contribute to the next frame. */
  get active(): readonly Track[] {
    return this.all.filter(({ active }) => active);
  }

  get(id: string): Track | undefined {
    return this.#tracks.get(id);
  }

  add(track: Track): void {
    this.#tracks.set(track.id, track);
    if (!track.waiting) this.guard(track, () => track.begin());
    this.#sweep();
  }

  /** Tracks that wait for the end of a track. */
  followers(id: string): readonly Track[] {
    return this.all.filter(({ waiting, after }) => waiting && after === id);
  }

  /** Removes a track; the tracks that follow it begin, with their crossfade. */
  remove(track: Track, fade?: number): void {
    const followers = this.followers(track.id);
    if (track.waiting) {
      // Its followers now wait for the track that it waited for.
      for (const follower of followers) follower.after = track.after;
      track.end('removed');
      this.#sweep();
      return;
    }
    const crossfade = Math.max(0, ...followers.map((follower) => follower.crossfade));
    track.leave(fade ?? (crossfade > 0 ? crossfade : undefined));
    for (const follower of followers) {
      this.guard(follower, () => follower.begin(follower.crossfade > 0 ? follower.crossfade : undefined));
    }
    this.#sweep();
  }

  /** Called once before each frame. */
  prepare(): void {
    const highest = this.all.reduce((most, { audible, priority }) => (audible ? Math.max(most, priority) : most), -Infinity);
    for (const track of this.#tracks.values()) this.guard(track, () => track.prepare(highest > track.priority));
    this.#sweep();
    for (const track of this.#tracks.values()) if (track.waiting) this.guard(track, () => this.#await(track));
    this.#sweep();
  }

  /** Adds the next frame of every track to a mixture. */
  compose(mixture: Float32Array): Composed {
    let sounding = 0;
    let only: Composed['only'];
    for (const track of this.active) {
      const packet = this.#play(track, mixture, 0);
      if (track.waiting) continue;
      sounding += 1;
      only = packet === undefined ? undefined : { track, packet };
    }
    this.#sweep();
    return { sounding, ...(sounding === 1 && only !== undefined && { only }) };
  }

  stop(): void {
    for (const track of this.#tracks.values()) track.stop();
    this.#tracks.clear();
  }

  /** An error of a track ends only that track. */
  guard<T>(track: Track, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      track.fail(error);
      return undefined;
    }
  }

  #play(track: Track, mixture: Float32Array, offset: number): OpusFrame | undefined {
    const given = this.guard(track, () => track.play(mixture, offset));
    // A track that ends at the end of a frame is ended at the start of the next.
    if (given !== undefined && given.until < SAMPLES_PER_FRAME && track.over) track.end();
    if (!track.ended) return given?.packet;
    // Its followers begin with the very next sample. Packets can only begin at a frame.
    for (const follower of given === undefined ? [] : this.followers(track.id)) {
      if (follower.deck === undefined || follower.deck.packets || !follower.deck.ready) continue;
      follower.begin();
      this.#play(follower, mixture, given!.until);
    }
    return undefined;
  }

  /** Opens the next track in time, and starts the crossfade. */
  #await(track: Track): void {
    const before = this.#tracks.get(track.after!);
    if (before === undefined) {
      track.begin();
      return;
    }
    before.followed = Math.max(before.followed ?? 0, track.crossfade);
    const { remaining } = before;
    if (remaining === undefined) return;
    track.open();
    if (remaining > track.crossfade || track.crossfade === 0 || !before.active || !track.deck!.ready) return;
    before.fadeOut(remaining);
    track.begin(remaining);
  }

  #sweep(): void {
    for (const { id, ended } of this.#tracks.values()) if (ended) this.#tracks.delete(id);
  }
}
