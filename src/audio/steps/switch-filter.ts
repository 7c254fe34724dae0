/** Replaces one filter by another while the sound plays. */
import { isObservable, type Observable } from 'rxjs';
import { report } from '../../edge.js';
import { Crossing } from './crossing.js';
import { checkLive, LiveValue, type Live } from './live.js';
import { chain, filterCheck, pcmFilter, type PcmFilter, type PcmStep } from './step.js';

const checkFilter = (filter: PcmFilter): void => filterCheck('filter$', filter);

/**
 * Applies the last filter that an Observable gave: to switch effects on and off, and to change filters whose parameters cannot change.
 * When a filter is replaced, both process 20 ms of the sound with a crossfade: nothing clicks, and nothing is lost. Before the first value
 * the sound is unchanged. After completion, or an error (which is reported), the last filter stays.
 *
 * ```
 * pcm        a----b----c----d---|
 * filter$    x---------y--------#
 * result     xa---xb---xc\yc-yd-|     \: 20 ms of crossfade
 * ```
 * ```ts
 * const effects$ = new BehaviorSubject(chain());
 * session.play(encodeOpus()(switchFilter(effects$)(pcm('song.mp3'))));
 * effects$.next(chain(bassBoost(), limiter()));
 * ```
 */
export function switchFilter(filter$: Observable<PcmFilter>): PcmFilter {
  return pcmFilter(() => new SwitchStep(new LiveValue(filter$, chain(), checkFilter), (filter) => filter));
}

/** A filter whose parameters may be an Observable. A value that is refused is reported, and changes nothing. */
export function liveFilter<T>(live: Live<T>, check: (value: T) => void, make: (value: T) => PcmFilter): PcmFilter {
  checkLive(live, check);
  if (!isObservable(live)) return make(live);
  const made = (value: T | undefined): PcmFilter => (value === undefined ? chain() : make(value));
  return pcmFilter(() => new SwitchStep(new LiveValue<T | undefined>(live, undefined, (value) => check(value!)), made));
}

class SwitchStep<T> implements PcmStep {
  readonly #wanted: LiveValue<T>;
  readonly #make: (value: T) => PcmFilter;
  /** The parameters of the filter that is heard. */
  #value: T;
  #current: PcmStep;
  #crossing: Crossing | undefined;

  constructor(wanted: LiveValue<T>, make: (value: T) => PcmFilter) {
    this.#wanted = wanted;
    this.#make = make;
    this.#value = wanted.value;
    try {
      this.#current = make(this.#value).start();
    } catch (error) {
      wanted.free();
      throw error;
    }
  }

  get over(): boolean {
    return this.#current.over === true;
  }

  step(samples: Float32Array): Float32Array {
    this.#change();
    if (this.#crossing === undefined) return this.#current.step(samples);
    const result = this.#crossing.step(samples);
    if (this.#crossing.done) this.#crossing = undefined;
    return result;
  }

  flush(): Float32Array {
    return this.#crossing?.flush() ?? this.#current.flush?.() ?? new Float32Array(0);
  }

  free(): void {
    this.#wanted.free();
    this.#crossing?.free();
    this.#current.free?.();
  }

  /** One change at a time: a change requested during a crossfade begins after it, and only the last one counts. */
  #change(): void {
    const { value } = this.#wanted;
    if (this.#crossing !== undefined || value === this.#value) return;
    this.#value = value;
    try {
      const next = this.#make(value).start();
      this.#crossing = new Crossing(this.#current, next);
      this.#current = next;
    } catch (error) {
      // A filter of the user that cannot be started: the one before it stays.
      report(error);
    }
  }
}
