/** Measures of the distance between two sounds. */

const SIZE = 4_096;
const HOP = 2_048;
/** The centre frequencies of third octaves, from 50 Hz to 16 kHz. */
const THIRDS = Array.from({ length: 26 }, (_, i) => 50 * 2 ** (i / 3));
/** Bands below this level in both sounds count as silent. */
const SILENT_DB = -75;
const WINDOW = Float64Array.from({ length: SIZE }, (_, i) => (1 - Math.cos((2 * Math.PI * i) / SIZE)) / 2);

/**
 * The log-spectral distance of both channels: the root mean square of the difference in dB, over the third octaves of each 85 ms frame in which at
 * least one of the two is audible. Source: A. H. Gray and J. D. Markel, Distance Measures for Speech Processing, IEEE ASSP 24, 1976.
 *
 * @param long number of frames to group; more than one for sounds whose waves are not aligned
 */
export function spectralDistance(a, b, long = 1) {
  let sum = 0;
  let count = 0;
  for (let side = 0; side < 2; side++) {
    const [one, other] = [thirdOctaves(a, side, long), thirdOctaves(b, side, long)];
    for (let i = 0; i < Math.min(one.length, other.length); i++) {
      for (let band = 0; band < THIRDS.length; band++) {
        const [x, y] = [one[i][band], other[i][band]];
        if (Math.max(x, y) < SILENT_DB) continue;
        sum += (Math.max(x, SILENT_DB) - Math.max(y, SILENT_DB)) ** 2;
        count += 1;
      }
    }
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** The difference of the samples: what remains when one sound is subtracted from the other, in dB relative to the other. */
export function residual(a, b) {
  let [difference, power] = [0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    difference += (a[i] - b[i]) ** 2;
    power += b[i] ** 2;
  }
  return 10 * Math.log10(difference / power);
}

function thirdOctaves(pcm, side, long) {
  const frames = [];
  for (let at = 0; 2 * (at + SIZE) <= pcm.length; at += HOP) {
    const re = Float64Array.from(WINDOW, (w, i) => (w * pcm[2 * (at + i) + side]) / 32_768);
    const im = new Float64Array(SIZE);
    transform(re, im);
    const power = new Float64Array(THIRDS.length);
    for (const [band, middle] of THIRDS.entries()) {
      const [from, to] = [2 ** (-1 / 6), 2 ** (1 / 6)].map((edge) => Math.round((middle * edge * SIZE) / 48_000));
      for (let k = from; k <= Math.max(from, to - 1); k++) power[band] += (re[k] ** 2 + im[k] ** 2) * (8 / 3) * 2 / SIZE ** 2;
    }
    frames.push(power);
  }
  const grouped = [];
  for (let i = 0; i < frames.length; i += long) {
    const group = frames.slice(i, i + long);
    grouped.push(Array.from(THIRDS, (_, band) => 10 * Math.log10(group.reduce((sum, frame) => sum + frame[band], 0) / group.length + 1e-12)));
  }
  return grouped;
}

const TURNS = Array.from({ length: SIZE / 2 }, (_, k) => [Math.cos((2 * Math.PI * k) / SIZE), -Math.sin((2 * Math.PI * k) / SIZE)]);

/** A Fourier transform of SIZE numbers, in place. Source: J. W. Cooley and J. W. Tukey, 1965. */
function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let length = 2; length <= n; length <<= 1) {
    for (let k = 0; k < length / 2; k++) {
      const [wr, wi] = TURNS[(k * n) / length];
      for (let i = k; i < n; i += length) {
        const j = i + length / 2;
        const xr = re[j] * wr - im[j] * wi;
        const xi = re[j] * wi + im[j] * wr;
        re[j] = re[i] - xr;
        im[j] = im[i] - xi;
        re[i] += xr;
        im[i] += xi;
      }
    }
  }
}
