/** The tracks of a desk, in the order in which they came. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { Track } from './track.js';

/** What a frame is made of. */
export interface Composed {
  /** Tracks that gave something. */
  readonly sounding: number;
  /** The one that it is all of, unchanged, and the packet that it came of. */
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

  /** Those that give something to the next frame. */
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

  /** Those whose turn comes after a track. */
  followers(id: string): readonly Track[] {
    return this.all.filter(({ waiting, after }) => waiting && after === id);
  }

  /** A track leaves; who comes after it begins, and they cross as they were to. */
  remove(track: Track, fade?: number): void {
    const followers = this.followers(track.id);
    if (track.waiting) {
      // The row closes up: they wait for whom it waited for.
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

  /** Once before each frame. */
  prepare(): void {
    const highest = this.all.reduce((most, { audible, priority }) => (audible ? Math.max(most, priority) : most), -Infinity);
    for (const track of this.#tracks.values()) this.guard(track, () => track.prepare(highest > track.priority));
    this.#sweep();
    for (const track of this.#tracks.values()) if (track.waiting) this.guard(track, () => this.#await(track));
    this.#sweep();
  }

  /** Adds everybody's next frame to a mixture. */
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

  /** What a track fails with ends that track. */
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
    // At the end of a frame it ends with the beginning of the next.
    if (given !== undefined && given.until < SAMPLES_PER_FRAME && track.over) track.end();
    if (!track.ended) return given?.packet;
    // Who comes after it begins with the very next sample. Packets begin with a frame.
    for (const follower of given === undefined ? [] : this.followers(track.id)) {
      if (follower.deck === undefined || follower.deck.packets || !follower.deck.ready) continue;
      follower.begin();
      this.#play(follower, mixture, given!.until);
    }
    return undefined;
  }

  /** Opens who comes next in time, and has the two cross. */
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
