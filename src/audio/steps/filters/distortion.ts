/** Distorts the sound. */
import { fields, must } from '../../../checks/check.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';

/** Lavalink's parameters. A function takes part if its offset or its scale is given. */
export interface DistortionOptions {
  /** Added to the sine. Default 0. */
  readonly sinOffset?: number;
  /** Factor of the sample inside the sine. Default 1. */
  readonly sinScale?: number;
  /** Added to the cosine. Default 0. */
  readonly cosOffset?: number;
  /** Factor of the sample inside the cosine. Default 1. */
  readonly cosScale?: number;
  /** Added to the tangent. Default 0. */
  readonly tanOffset?: number;
  /** Factor of the sample inside the tangent. Default 1. */
  readonly tanScale?: number;
  /** Added at the end. Default 0. */
  readonly offset?: number;
  /** Factor of the product. Default 1. */
  readonly scale?: number;
}

const number = must('a number', Number.isFinite);
const NAMES = ['sinOffset', 'sinScale', 'cosOffset', 'cosScale', 'tanOffset', 'tanScale', 'offset', 'scale'];
const check = fields(Object.fromEntries(NAMES.map((name) => [name, number])));

/**
 * Distorts the sound by a formula. If no function is given, the sound is only amplified and clipped, which distorts, too.
 *
 * ```
 * f(x) = offset + scale · (sinOffset + sin(sinScale · x)) · (cosOffset + cos(cosScale · x)) · (tanOffset + tan(tanScale · x))
 * ```
 * clipped at -1 and 1. Missing offsets are 0, missing scales 1.
 *
 * ```ts
 * distortion({ sinScale: 3 });    // warm
 * distortion({ scale: 8 });       // harsh
 * ```
 * @throws VoiceOptionsError for a value that is not a number
 *
 * Source: Lavalink v4 REST API, "Distortion", and lavadsp, the origin of the formula.
 */
export function distortion(options: Live<DistortionOptions>): PcmFilter {
  return liveFilter(options, (value) => check('', value), made);
}

type Curve = (x: number) => number;

function made(options: DistortionOptions): PcmFilter {
  const { offset = 0, scale = 1 } = options;
  const parts = [
    part(Math.sin, options.sinOffset, options.sinScale),
    part(Math.cos, options.cosOffset, options.cosScale),
    part(Math.tan, options.tanOffset, options.tanScale),
  ].filter((curve) => curve !== undefined);
  const bend: Curve = parts.length === 0 ? (x) => x : (x) => parts.reduce((product, curve) => product * curve(x), 1);
  return pcmFilter(() => ({
    step: (samples) => {
      for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, offset + scale * bend(samples[i]!)));
      return samples;
    },
  }));
}

function part(curve: Curve, offset: number | undefined, scale: number | undefined): Curve | undefined {
  if (offset === undefined && scale === undefined) return undefined;
  return (x) => (offset ?? 0) + curve((scale ?? 1) * x);
}
