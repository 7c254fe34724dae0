/** Random commands at random times, against a model without ramps: once levels are settled, the output must be the model's sum. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desk, type DeskCommand, type DeskFact, type DeskNews, type TrackOptions } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { Mixture } from './mixture.js';
import { FRAME, Listener, packets, pieces, tone } from './stage.js';

const IDS = ['a', 'b', 'c', 'd'];
const RUNS = Number(process.env.RXVOICE_RUNS ?? 10);

/** Sound that encodes its position: slow half cosines from 0 to the amplitude and back, with a period per track, silent at both ends. */
function waves(id: string, halves: number): Int16Array {
  const half = 1_500 + 250 * IDS.indexOf(id);
  const pcm = new Int16Array(2 * half * 2 * halves);
  for (let i = 0; i < pcm.length; i++) pcm[i] = Math.round(0.2 * 32_768 * (0.5 - 0.5 * Math.cos((Math.PI * (i >> 1)) / half)));
  return pcm;
}

/** Joins the pieces. */
function whole(parts: readonly Int16Array[]): Int16Array {
  const pcm = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part, at);
    at += part.length;
  }
  return pcm;
}

/**
 * A model of a track. Facts tell it when the track starts, stalls and recovers, and where a seek went; its other positions, its samples and
 * how much of it was heard are counted here.
 */
class Model {
  position = 0;
  heard = 0;
  volume = 1;
  muted = false;
  playing = false;
  started = false;
  ended = false;
  /** Frames of it that pass until its level is the requested one. */
  unsteady = 0;

  constructor(
    readonly id: string,
    readonly pcm: Int16Array,
  ) {}

  get samples(): number {
    return this.pcm.length / 2;
  }

  command(one: DeskCommand): void {
    if (one.type === 'volume') {
      this.volume = one.volume;
      this.move(Math.ceil((one.ramp ?? 20) / 20));
    } else if (one.type === 'mute') {
      this.muted = one.muted ?? true;
      this.move(1);
    } else if (one.type === 'pause' || one.type === 'resume') this.move(1);
    else if (one.type === 'remove') this.move(Infinity);
  }

  fact(news: DeskNews): void {
    if (news.type === 'started') {
      this.started = true;
      this.playing = true;
      this.position = Math.round(news.position * 48);
      if (this.position > 0) this.move(1);
    } else if (news.type === 'paused') this.playing = false;
    else if (news.type === 'resumed') {
      this.playing = this.started;
      this.move(1);
    } else if (news.type === 'seeked') {
      this.position = Math.round(news.position * 48);
      this.move(1);
    } else if (news.type === 'ended') {
      this.ended = true;
      this.end = news;
    }
  }

  end: DeskNews | undefined;

  move(frames: number): void {
    this.unsteady = Math.max(this.unsteady, frames);
  }

  /** Adds a frame to the expected sum; false if the exact value is not known. */
  frame(expected: Float64Array): boolean {
    if (!this.playing || (this.end?.type === 'ended' && this.end.reason === 'removed')) return true;
    const count = Math.max(0, Math.min(FRAME, this.samples - this.position));
    const gain = this.muted ? 0 : this.volume;
    for (let i = 0; i < count; i++) expected[i]! += (this.pcm[2 * (this.position + i)]! / 32_768) * gain;
    this.position += count;
    this.heard += count;
    const steady = this.unsteady === 0;
    this.unsteady = Math.max(0, this.unsteady - 1);
    return steady;
  }
}

/** All models, next to a mixture. */
class Models {
  readonly all: Model[] = [];
  readonly #mixture: Mixture;
  #source: Int16Array = new Int16Array(0);
  /** Frames that were compared. */
  compared = 0;

  constructor(mixture: Mixture) {
    this.#mixture = mixture;
    mixture.onNews = (news) => {
      if (news.type === 'added') this.all.push(new Model(news.id, this.#source));
      else if ('id' in news && news.id !== null) this.#named(news.id)?.fact(news);
    };
  }

  do(one: DeskCommand): void {
    if (one.type === 'add') this.#source = whole(one.source as Int16Array[]);
    else for (const model of this.all) if (one.id === undefined || one.id === model.id) model.command(one);
    this.#mixture.do(one);
  }

  async play(): Promise<void> {
    await this.#mixture.play();
    const expected = new Float64Array(FRAME);
    // All models advance, steady or not.
    const steady = this.all.map((model) => model.frame(expected)).every(Boolean);
    const frame = this.#mixture.frames.at(-1)!;
    if (steady) {
      this.compared += 1;
      for (let i = 0; i < FRAME; i++) if (Math.abs(frame[2 * i]! - expected[i]!) > 1e-6) expect([i, frame[2 * i]]).toEqual([i, expected[i]]);
    }
    for (const { end, heard, position } of this.all) {
      if (end?.type !== 'ended') continue;
      expect(Math.round(end.heard * 48)).toBe(heard);
      expect(Math.round(end.position * 48)).toBe(position);
    }
    this.all.splice(0, this.all.length, ...this.all.filter(({ ended }) => !ended));
  }

  #named(name: string): Model | undefined {
    return this.all.find((model) => model.id === name && !model.ended);
  }
}

/** A command; `add` describes how its source is made, so that a failing script can be read. */
type Step = Exclude<DeskCommand, { readonly type: 'add' }> | ({ readonly type: 'add'; readonly id: string; readonly halves: number; readonly cut: number } & TrackOptions);

const id = fc.constantFrom(...IDS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('add' as const), id, halves: fc.integer({ min: 4, max: 20 }), cut: fc.constantFrom(333, FRAME, 5_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('pause' as const, 'resume' as const), id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('volume' as const), id, volume: fc.constantFrom(0, 0.5, 1, 2), ramp: fc.constantFrom(20, 100) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('mute' as const), id, muted: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('seek' as const), id, position: fc.integer({ min: 0, max: 2_000 }) }) },
); // prettier-ignore

function commandOf(one: Step): DeskCommand {
  if (one.type !== 'add') return one;
  const { halves, cut, ...options } = one;
  return { ...options, source: halves === 0 ? song : pieces(waves(one.id, halves), cut) };
}

const song = packets(tone(440, 60 * FRAME));
const script = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), step), { minLength: 1, maxLength: 25 });

describe('random commands', () => {
  it('the mixture is the sum of the model, positions and ends are exact, and no sample leaps', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const mixture = new Mixture();
        const models = new Models(mixture);
        for (const [frames, one] of steps) {
          for (let i = 0; i < frames; i++) await models.play();
          models.do(commandOf(one));
        }
        models.do({ type: 'resume' });
        while (mixture.roster.size > 0 && mixture.frames.length < 2_000) await models.play();
        expect(models.all.filter(({ ended }) => !ended)).toEqual([]);
        expect(leaps(mixture.left)).toBeLessThan(0.02);
        compared += models.compared;
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(10 * RUNS);
  });

  const anyStep = fc.oneof(
    { weight: 3, arbitrary: step },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('add' as const), id, halves: fc.constant(0), cut: fc.constant(0), loop: fc.constantFrom(0, 1), after: id, crossfade: fc.constantFrom(0, 60) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('priority' as const), id, priority: fc.integer({ min: 0, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('duck' as const), id, ducked: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('loop' as const), id, loop: fc.constantFrom(0, 1) }) },
  ); // prettier-ignore

  it('as packets: each a sound one of 20 ms, each fact in its order, and an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), anyStep), { minLength: 1, maxLength: 15 }), async (steps) => {
        const mixer = desk({ whenEmpty: 'end' });
        const listener = new Listener(mixer);
        for (const [frames, one] of steps) {
          await listener.pull(frames);
          if (!listener.done) mixer.send(commandOf(one));
        }
        mixer.send({ type: 'loop', loop: 0 });
        mixer.send({ type: 'resume' });
        for (let i = 0; i < 1_000 && !listener.done; i++) if ((await listener.pull())[0] === 'rest' && mixer.tracks.length === 0) break;
        expect(listener.frames.every((frame) => opusPacketSamples(frame) === FRAME)).toBe(true);
        expect(mixer.tracks).toEqual([]);
        inOrder(listener.facts);
        listener.leave();
        expect(listener.completed).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});

/** The greatest difference between two consecutive samples. */
function leaps(samples: Float32Array): number {
  let most = 0;
  for (let i = 1; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]! - samples[i - 1]!));
  return most;
}

/** For each track: added, then started at most once, then all else, then ended; and time never goes back. */
function inOrder(facts: readonly DeskFact[]): void {
  const phase = new Map<string, 'added' | 'started'>();
  let now = 0;
  for (const fact of facts) {
    expect(fact.at).toBeGreaterThanOrEqual(now);
    now = fact.at;
    if (fact.type === 'passthrough' || fact.type === 'ignored') continue;
    const before = phase.get(fact.id);
    if (fact.type === 'added') expect(before).toBe(undefined);
    else if (fact.type === 'started') expect(before).toBe('added');
    else expect(before).not.toBe(undefined);
    if (fact.type === 'ended') phase.delete(fact.id);
    else if (fact.type === 'added' || fact.type === 'started') phase.set(fact.id, fact.type);
  }
  expect([...phase]).toEqual([]);
}
