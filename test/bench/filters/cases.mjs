/** Each filter, with the ffmpeg filter that should do the same. */

/**
 * @param audio the exports of `rxvoice/audio`
 * @returns each with the allowed spectral distance, in dB; `late`: the delay of ffmpeg's output in samples; `free`: only the spectrum must match,
 *   not the samples, because both choose freely where to cut
 */
export function filterCases(audio) {
  const { EQUALIZER_BANDS, balance, bassBoost, channelMix, channels, distortion, equalizer, highPass, karaoke, lowPass } = audio;
  const { nightcore, rotation, timescale, tremolo, vibrato, volume } = audio;
  const gains = [6, 4, 0, -3, -6, 0, 2, 5, 0, -2, -8, 0, 3, 4, -5];
  const q = 2 ** (1 / 3) / (2 ** (2 / 3) - 1);
  const bands = gains.map((g, i) => `equalizer=f=${EQUALIZER_BANDS[i]}:t=q:w=${q}:g=${g}:r=f64`).join(',');
  const middle = resonator(220, 100);
  const without = '[0]asplit[a][b];[a]pan=stereo|c0=c0-c1|c1=c1-c0[s];[b]pan=stereo|c0=.5*c0+.5*c1|c1=.5*c0+.5*c1,';
  const bend = (scale) => `aeval=exprs='clip(${scale},-1,1)'|'clip(${scale.replaceAll('val(0)', 'val(1)')},-1,1)'`;
  const at = (name, filter, ffmpeg, allowed = 0.05, more = {}) => ({ name, filter, ffmpeg, allowed, ...more });
  return [
    at('volume(0.5)', volume(0.5), 'volume=0.5'),
    at('equalizer, 15 bands', equalizer(gains.map((db, band) => ({ band, db }))), bands),
    at(
      'equalizer, Lavalink gains',
      equalizer([{ band: 0, gain: 0.25 }, { band: 8, gain: -0.1 }]),
      `equalizer=f=25:t=q:w=${q}:g=6.0206:r=f64,equalizer=f=1000:t=q:w=${q}:g=-4.437:r=f64`,
    ),
    // ffmpeg's shelf has √(2A) where the cookbook has 2√A, so its Q is smaller by √2.
    at('bassBoost', bassBoost(), 'bass=f=110:t=q:w=0.5:g=6:r=f64'),
    at('lowPass 800 Hz', lowPass({ frequency: 800 }), 'lowpass=f=800:t=q:w=0.707107:r=f64'),
    at('highPass 800 Hz', highPass({ frequency: 800 }), 'highpass=f=800:t=q:w=0.707107:r=f64'),
    at('tremolo 5 Hz', tremolo({ frequency: 5, depth: 0.7 }), 'tremolo=f=5:d=0.7'),
    at('vibrato 5 Hz', vibrato({ frequency: 5, depth: 0.5 }), 'vibrato=f=5:d=0.5', 0.5, { late: 240 }),
    at('rotation 0.5 Hz', rotation({ frequency: 0.5 }), 'apulsator=hz=0.5:amount=1:mode=sine', 0.1),
    at('karaoke', karaoke(), `${without}biquad=b0=${middle.b0}:b1=0:b2=0:a0=1:a1=${middle.a1}:a2=${middle.a2}:r=f64[m];[s][m]amix=normalize=0`),
    at('karaoke, no band', karaoke({ monoLevel: 0 }), 'pan=stereo|c0=c0-c1|c1=c1-c0'),
    at('channelMix', channelMix({ leftToRight: 0.5, rightToRight: 0.7 }), 'pan=stereo|c0=c0|c1=.5*c0+.7*c1'),
    at('channels mono', channels('mono'), 'pan=stereo|c0=.5*c0+.5*c1|c1=.5*c0+.5*c1'),
    at('balance 0.5', balance(0.5), 'pan=stereo|c0=.5*c0|c1=c1'),
    at('distortion, sin', distortion({ sinScale: 3 }), bend('sin(3*val(0))')),
    at('distortion, hard', distortion({ scale: 8 }), bend('8*val(0)')),
    at('nightcore', nightcore(), 'asetrate=60000,aresample=48000', 0.1),
    at('timescale, speed 1.5', timescale({ speed: 1.5 }), 'atempo=1.5', 1, { free: true }),
    at('timescale, speed 0.75', timescale({ speed: 0.75 }), 'atempo=0.75', 2, { free: true }),
    at('timescale, pitch 1.25', timescale({ pitch: 1.25 }), 'asetrate=60000,aresample=48000,atempo=0.8', 1, { free: true }),
    at('timescale, all three', timescale({ speed: 1.2, pitch: 0.9, rate: 1.1 }), 'asetrate=47520,aresample=48000,atempo=1.333333', 1, { free: true }),
  ];
}

/** As the doc comment of `karaoke` has it, written once more. */
function resonator(frequency, width) {
  const c = Math.exp((-2 * Math.PI * width) / 48_000);
  const b = ((-4 * c) / (1 + c)) * Math.cos((2 * Math.PI * frequency) / 48_000);
  return { b0: Math.sqrt(1 - (b * b) / (4 * c)) * (1 - c), a1: b, a2: c };
}
