/** Mixes several voices into one. */
import { fields, must, type Check } from '../../checks/check.js';
import { map, type OperatorFunction } from 'rxjs';
import { CHANNELS, type AlignedAudio, type MixedPcm } from './pcm.js';

const LOUDEST = 32_767;

/** The gains of the speakers. */
export interface MixOptions {
  /**
   * The factor for a speaker, by its key in {@link AlignedAudio}: 1 changes nothing, 0 mutes. A function is called for each block, so
   * the factor may change. Default 1, also for speakers that are not in the Map.
   */
  readonly gains?: ReadonlyMap<string, number> | ((speaker: string) => number);
}

/**
 * The sum of PCM arrays of equal length. Values beyond 16 bits are clipped (saturation). Otherwise the result is the exact sum: a
 * single voice is passed unchanged, and the order does not matter. Use gains to get headroom.
 *
 * @param gains a factor for each input; 1 if it is missing. NaN counts as 0
 * @param length of the result, needed if there are no inputs; default that of the first input
 * @throws RangeError if the inputs differ in length
 */
export function mixPcm(inputs: readonly Int16Array[], gains: readonly number[] = [], length = inputs[0]?.length ?? 0): Int16Array {
  const odd = inputs.find((input) => input.length !== length);
  if (odd !== undefined) throw new RangeError(`all PCM to be mixed must be of one length, and ${odd.length} is not ${length}`);
  const mixed = new Int16Array(length);
  if (inputs.length === 0) return mixed;
  const sum = zeros(length);
  const gain = (i: number): number => (Number.isNaN(gains[i]) ? 0 : (gains[i] ?? 1));
  let i = 0;
  for (; i + 4 <= inputs.length; i += 4) {
    addFour(sum, inputs[i]!, inputs[i + 1]!, inputs[i + 2]!, inputs[i + 3]!, gain(i), gain(i + 1), gain(i + 2), gain(i + 3), length);
  }
  for (; i < inputs.length; i++) addOne(sum, inputs[i]!, gain(i), length);
  for (let at = 0; at < length; at++) {
    const sample = sum[at]!;
    // Storing into the array truncates: adding half a step makes it round.
    mixed[at] = sample > LOUDEST ? LOUDEST : sample < -LOUDEST - 1 ? -LOUDEST - 1 : sample + (sample < 0 ? -0.5 : 0.5);
  }
  return mixed;
}

/** Adding four inputs at a time accesses the sum a quarter as often: for eight inputs it takes a third less time. */
function addFour(
  sum: Float64Array,
  a: Int16Array,
  b: Int16Array,
  c: Int16Array,
  d: Int16Array,
  gainA: number,
  gainB: number,
  gainC: number,
  gainD: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) sum[i]! += a[i]! * gainA + b[i]! * gainB + c[i]! * gainC + d[i]! * gainD;
}

function addOne(sum: Float64Array, input: Int16Array, gain: number, length: number): void {
  for (let i = 0; i < length; i++) sum[i]! += input[i]! * gain;
}

let scratch = new Float64Array(0);

/** Zeros to add to. The next mix reuses the memory; nothing is kept in it between calls. */
function zeros(length: number): Float64Array {
  if (scratch.length < length) scratch = new Float64Array(length);
  else scratch.fill(0, 0, length);
  return scratch;
}

const checkOptions = fields({
  gains: must('a Map of factors by speaker, or a function that gives one', (value) => typeof value === 'function' || (typeof value === 'object' && value !== null && 'get' in value)),
} satisfies Readonly<Record<keyof MixOptions, Check>>);

/**
 * Mixes all speakers of each block into one.
 *
 * ```
 * aligned   -{a,b}-{a}-{b,c}--|
 * mix       -a+b---a---b+c----|
 * ```
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 */
export function mix(options: MixOptions = {}): OperatorFunction<AlignedAudio, MixedPcm> {
  checkOptions('', options);
  const { gains } = options;
  const gain = typeof gains === 'function' ? gains : (speaker: string) => gains?.get(speaker) ?? 1;
  return map(({ at, index, samples, speakers, silence }) => {
    const heard = [...speakers].filter(([, pcm]) => pcm !== silence);
    const gains = heard.map(([key]) => gain(key));
    return { at, index, samples, pcm: mixPcm(heard.map(([, pcm]) => pcm), gains, samples * CHANNELS) };
  });
}
