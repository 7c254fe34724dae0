/** One filter in the place of another, while the sound goes on. */
import { isObservable, type Observable } from 'rxjs';
import { report } from '../../edge.js';
import { Crossing } from './crossing.js';
import { checkLive, LiveValue, type Live } from './live.js';
import { chain, filterCheck, pcmFilter, type PcmFilter, type PcmStep } from './step.js';

const checkFilter = (filter: PcmFilter): void => filterCheck('filter$', filter);

/**
 * The last filter that an Observable gave: to switch effects on and off, and to change what has no parameters of its own that change.
 * Where one takes the place of another, both hear 20 ms of the sound, and one fades into the other: nothing clicks, nothing is
 * lost. Until the first value the sound is as it is; its completion and its error (which is reported) leave the last filter.
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

/** A filter of parameters that may be an Observable of them. A value that is refused is reported, and changes nothing. */
export function liveFilter<T>(live: Live<T>, check: (value: T) => void, make: (value: T) => PcmFilter): PcmFilter {
  checkLive(live, check);
  if (!isObservable(live)) return make(live);
  const made = (value: T | undefined): PcmFilter => (value === undefined ? chain() : make(value));
  return pcmFilter(() => new SwitchStep(new LiveValue<T | undefined>(live, undefined, (value) => check(value!)), made));
}

class SwitchStep<T> implements PcmStep {
  readonly #wanted: LiveValue<T>;
  readonly #make: (value: T) => PcmFilter;
  /** What the filter that is heard was made of. */
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

  /** One change at a time: what is wanted meanwhile begins when the fade is over, and only the last of it. */
  #change(): void {
    const { value } = this.#wanted;
    if (this.#crossing !== undefined || value === this.#value) return;
    this.#value = value;
    try {
      const next = this.#make(value).start();
      this.#crossing = new Crossing(this.#current, next);
      this.#current = next;
    } catch (error) {
      // A filter of the user's that cannot be begun: the one before it stays.
      report(error);
    }
  }
}
