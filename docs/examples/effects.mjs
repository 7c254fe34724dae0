// Volume and effects that change while a song plays, as in a music bot. Run: npm run build && node docs/examples/effects.mjs [file]
import { BehaviorSubject, map } from 'rxjs';
import { bassBoost, chain, channels, equalizer, gainTo, limiter, lowPass, nightcore, pcm, probe, rotation, source, switchFilter, timescale, tremolo, volume } from 'rxvoice/audio'; // prettier-ignore

/** The effects that a user can choose by name. */
export const EFFECTS = {
  off: chain(),
  bass: bassBoost({ gain: 9 }),
  nightcore: nightcore(),
  slow: timescale({ speed: 0.8 }),
  high: timescale({ pitch: 2 ** (3 / 12) }), // three semitones
  '8d': chain(channels('mono'), rotation()),
  radio: chain(lowPass({ frequency: 3_000 }), equalizer([{ band: 8, db: 6 }]), tremolo({ depth: 0.1 })),
};

/** Makes a song as loud as other songs, with an effect by name and a volume in percent. */
export const song = async (input, effect$, percent$) => {
  const { loudness } = await probe(input);
  const filters = [
    gainTo(-18, { from: loudness }),
    switchFilter(effect$.pipe(map((name) => EFFECTS[name] ?? EFFECTS.off))),
    volume(percent$.pipe(map((percent) => percent / 100))),
    limiter(),
  ];
  return source(input, { filters });
};

// session.play(await song('song.mp3', effect$, percent$)) is all that a bot needs. Without a listener, this only counts the samples.
if (process.argv[1]?.endsWith('effects.mjs')) {
  const file = process.argv[2] ?? new URL('../../dist/cli/demo/song.opus', import.meta.url);
  for (const name of Object.keys(EFFECTS)) {
    let samples = 0;
    for await (const block of pcm(file, { from: 9_000, filters: [EFFECTS[name]] })) samples += block.pcm.length / 2;
    console.log(`${name}: ${(samples / 48_000).toFixed(2)} s`);
  }
  const [effect$, percent$] = [new BehaviorSubject('off'), new BehaviorSubject(100)];
  let frames = 0;
  for await (const _frame of (await song(file, effect$, percent$)).from(9_000)) {
    frames += 1;
    if (frames === 50) effect$.next('nightcore');
    if (frames === 75) percent$.next(50);
  }
  console.log(`with nightcore from 1 s on: ${(frames / 50).toFixed(2)} s`);
}
