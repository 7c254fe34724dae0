/** Tracks that join, leave, fail, stall and receive commands; each test pulls frames as the clock does. */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createOpusEncoder, desk, pcm, pcmFilter, source, type Desk, type DeskCommand, type DeskOptions, type OpusEncoderFactory, type TrackOptions, type TrackSource } from '../../../../src/audio/index.js';
import { DEFAULT_READ_OPTIONS } from '../../../../src/frames/frame-input.js';
import { openQueue } from '../../../../src/frames/open-queue.js';
import { FRAME, heard, level, Listener, packets, pieces, settled, tone } from './stage.js';

const SONG = fileURLToPath(new URL('../../../../src/cli/demo/song.opus', import.meta.url));
/** A mixture that follows silence begins with one silent frame. */
const LEAD = 1;
const second = tone(440, 48_000);

function scene(options: DeskOptions = {}, commands$?: Observable<DeskCommand>) {
  const mixer = commands$ === undefined ? desk({ whenEmpty: 'end', ...options }) : desk(commands$, { whenEmpty: 'end', ...options });
  const listener = new Listener(mixer);
  const add = (id: string, input: TrackSource, track: TrackOptions = {}) => mixer.add(input, { id, ...track });
  return { mixer, listener, add };
}

/** A source whose pieces are handed over one by one, and that records what became of it. */
class Hand implements AsyncIterable<Int16Array> {
  readonly log: string[] = [];
  #waiting: { readonly resolve: (result: IteratorResult<Int16Array>) => void; readonly reject: (error: unknown) => void } | undefined;
  #ready: Int16Array[] = [];

  give(...given: Int16Array[]): void {
    this.#ready.push(...given);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) waiting.resolve({ done: false, value: this.#ready.shift()! });
  }

  fail(error: unknown): void {
    this.#waiting?.reject(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<Int16Array> {
    this.log.push('opened');
    return {
      next: () => {
        const value = this.#ready.shift();
        if (value !== undefined) return Promise.resolve({ done: false, value });
        return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
      },
      return: () => {
        this.log.push('released');
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

/** The loudest sample of each 20 ms frame. */
function peaks(frames: readonly Uint8Array[]): number[] {
  const sound = heard(frames);
  return frames.map((_, i) => sound.subarray(i * 2 * FRAME, (i + 1) * 2 * FRAME).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
}

describe('what a track may be', () => {
  const song = packets(tone(440, 10 * FRAME));
  async function* generated<T>(items: readonly T[]): AsyncGenerator<T> {
    for (const item of items) {
      await settled();
      yield item;
    }
  }
  it.each<[string, () => TrackSource, number]>([
    ['an array of PCM', () => pieces(second), 50],
    ['PCM cut anywhere', () => pieces(second, 777), 50],
    ['all of it in one piece', () => [second], 50],
    ['a generator of PCM', () => generated(pieces(second)), 50],
    ['an array of packets', () => song, 10],
    ['a generator of packets', () => generated(song), 10],
    ['a path', () => SONG, 600],
    ['bytes of a file', () => Uint8Array.from(wav(tone(440, 24_000))), 25],
    ['a Readable', () => createReadStream(SONG), 600],
    ['source()', () => source(SONG).from(11_000), 50],
    ['pcm(), without what the header says is to be skipped', () => pcm(SONG, { from: 11_000 }), 49.675],
  ])('%s', async (_, input, frames) => {
    const { listener, add } = scene({ readAhead: 60_000 });
    add('a', input());
    await listener.pull();
    for (let i = 0; i < 1_000 && !listener.done; i++) if ((await listener.pull())[0] === 'rest') await new Promise((resolve) => setTimeout(resolve, 1));
    // On a busy machine a file may stall; none of its sound is lost by that.
    expect(listener.facts.findLast(({ type }) => type === 'ended')).toMatchObject({ id: 'a', reason: 'end', heard: 20 * frames });
    expect(listener.completed).toBe(true);
  });

  it('is as long as its samples, and no more', async () => {
    const { listener, add } = scene();
    add('a', pieces(tone(440, 5 * FRAME + 123)));
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 6);
    expect(listener.facts.at(-1)).toEqual({ at: 120, type: 'ended', id: 'a', reason: 'end', position: (5 * FRAME + 123) / 48, heard: (5 * FRAME + 123) / 48 });
  });

  it.each<[string, unknown, RegExp]>([
    ['an Observable', of(second), /make an async iterable first/],
    ['a number', 5, /must be what source\(\) takes/],
    ['text in pieces', ['a', 'b'], /neither an Opus packet/],
    ['bytes that are no packets', [Uint8Array.of(0xff)], /no Opus packet/],
    ['half a pair', [new Int16Array(3)], /an even number/],
    ['nothing, without end', Array.from({ length: 2_000 }, () => new Int16Array(0)), /1000 in a row that are empty/],
  ])('says what is wrong with %s', async (_, input, reason) => {
    const { listener, add } = scene();
    add('a', input as TrackSource);
    await listener.pull(3);
    expect(listener.facts.find(({ type }) => type === 'ignored' || type === 'ended')).toMatchObject({ error: { message: expect.stringMatching(reason) as string } });
  });
});

describe('the seven cases of a track', () => {
  it('never: the play rests, and speaks when there is something', async () => {
    const { listener, add } = scene();
    const hand = new Hand();
    add('a', hand);
    expect(await listener.pull(3)).toEqual(['rest', 'rest', 'rest']);
    const before = listener.woken;
    hand.give(level(0.1, FRAME));
    await settled();
    expect(listener.woken).toBeGreaterThan(before);
  });

  it('empty', async () => {
    const { listener, add } = scene();
    add('a', []);
    await listener.toRest();
    expect(listener.told()).toEqual(['0 added a', '0 ended a 0/0 end']);
    expect(listener).toMatchObject({ frames: [], done: true, completed: true });
  });

  it('one', async () => {
    const { listener, add } = scene();
    add('a', [level(0.1, 10)]);
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 1);
  });

  it('an error: what came before it is heard, it ends that track, and the others do not know', async () => {
    const { listener, add } = scene();
    const boom = new Error('boom');
    add('a', (async function* () {
      yield level(0.1, 3 * FRAME);
      await settled();
      throw boom;
    })()); // prettier-ignore
    add('b', pieces(tone(440, 10 * FRAME)));
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 10);
    expect(listener.facts.filter(({ type }) => type === 'ended')).toEqual([
      { at: 80, type: 'ended', id: 'a', reason: 'failed', position: 60, heard: 60, error: boom },
      { at: 220, type: 'ended', id: 'b', reason: 'end', position: 200, heard: 200 },
    ]);
  });

  it.each<[string, TrackSource]>([
    ['opening', { [Symbol.asyncIterator]: () => { throw new Error('boom'); } }],
    ['next()', { [Symbol.iterator]: () => ({ next: () => { throw new Error('boom'); } }) }],
    ['a filter', pieces(second)],
  ])('an error of user code in %s', async (what, input) => {
    const { listener, add } = scene();
    const broken = pcmFilter(() => ({ step: () => { throw new Error('boom'); } }));
    add('a', input, what === 'a filter' ? { filters: [broken] } : {});
    add('b', pieces(tone(440, 10 * FRAME)));
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 10);
    expect(listener.facts.find(({ type }) => type === 'ended')).toMatchObject({ id: 'a', reason: 'failed', error: { message: 'boom' } });
  }); // prettier-ignore

  it('endless: read no further than readAhead', async () => {
    let read = 0;
    const { listener, add } = scene({ readAhead: 100 });
    add('a', { *[Symbol.iterator]() { for (;;) { read += 1; yield level(0.1, FRAME); } } }); // prettier-ignore
    await listener.pull(50);
    expect(read - listener.frames.length).toBeLessThanOrEqual(7);
    listener.leave();
    expect(listener.completed).toBe(true);
  });

  it('left: all sources are let go of, also in the middle of a read, and what was heard is told', async () => {
    const { mixer, listener, add } = scene();
    const [flowing, waiting, next] = [new Hand(), new Hand(), new Hand()];
    flowing.give(...pieces(second));
    add('a', flowing);
    add('b', waiting);
    add('c', next, { after: 'a' });
    await listener.pull(11);
    listener.leave();
    expect([flowing.log, waiting.log, next.log]).toEqual([['opened', 'released'], ['opened', 'released'], []]);
    expect(listener.told('ended')).toEqual(['200 ended a 180/180 stopped', '200 ended b 0/0 stopped', '200 ended c 0/0 stopped']);
    expect(listener.completed).toBe(true);
    expect(mixer.tracks).toEqual([]);
    mixer.send({ type: 'pause' });
    expect(listener.pullNow()).toBeUndefined();
  });
});

describe('a track that stalls', () => {
  it('is silent, is told, costs the others nothing, and goes on where it was', async () => {
    const { listener, add } = scene({ positionEvery: 60_000 });
    const hand = new Hand();
    hand.give(...pieces(tone(440, 5 * FRAME)));
    add('a', hand);
    add('b', pieces(second));
    await listener.pull(11);
    expect(listener.told('stalled', 'recovered')).toEqual(['120 stalled a 100/100']);
    hand.give(...pieces(tone(440, 2 * FRAME)));
    await listener.pull(2);
    expect(listener.told('recovered')).toEqual([]); // less than a cushion
    hand.give(...pieces(tone(440, 10 * FRAME)));
    await listener.pull(5);
    expect(listener.told('recovered')).toEqual(['260 recovered a 100/100']);
    expect(listener.frames).toHaveLength(17);
  });

  it('alone: the play rests meanwhile', async () => {
    const { listener, add } = scene();
    const hand = new Hand();
    hand.give(...pieces(tone(440, 3 * FRAME)));
    add('a', hand);
    const pulled = await listener.pull(8);
    // One frame before it, and one for the fade out.
    expect(pulled.map((one) => (one === 'rest' ? '-' : 'f')).join('')).toBe('-fffff--');
  });
});

describe('commands', () => {
  it('are an Observable as well, subscribed to for as long as it plays', async () => {
    let subscribed = 0;
    const commands$ = new Observable<DeskCommand>((subscriber) => {
      subscribed += 1;
      subscriber.next({ type: 'add', id: 'a', source: pieces(second) });
      return () => (subscribed -= 1);
    });
    const mixer = desk(commands$);
    expect(subscribed).toBe(0);
    const listener = new Listener(mixer);
    await listener.pull(5);
    expect([subscribed, listener.told('started')]).toEqual([1, ['20 started a 0/0']]);
    listener.leave();
    expect(subscribed).toBe(0);
  });

  it('an error of them ends the play with it', async () => {
    const mixer = desk(throwError(() => new Error('no commands')));
    const listener = new Listener(mixer);
    expect(() => listener.pullNow()).toThrow('no commands');
    expect(listener.completed).toBe(true);
  });

  it.each<[string, unknown, RegExp]>([
    ['of no type', { type: 'play' }, /type: must be one of add, remove/],
    ['with a mistyped option', { type: 'volume', id: 'a', volum: 1 }, /did you mean 'volume'/],
    ['too loud', { type: 'volume', id: 'a', volume: 11 }, /0 to 10/],
    ['to no place', { type: 'seek', id: 'a', position: NaN }, /milliseconds/],
    ['of no source', { type: 'add' }, /source: is missing/],
    ['with what is no filter', { type: 'filters', id: 'a', filters: [() => 1] }, /filter of PCM/],
  ])('%s: thrown at who sends it, told where it comes in a stream', async (_, command, reason) => {
    const { mixer } = scene();
    expect(() => mixer.send(command as DeskCommand)).toThrow(reason);
    const { listener } = scene({}, of(command as DeskCommand));
    await listener.pull();
    expect(listener.facts).toMatchObject([{ type: 'ignored', command, error: { code: 'options', message: expect.stringMatching(reason) as string } }]);
  });

  it.each<[string, (mixer: Desk) => void, RegExp]>([
    ['for a track that is not there', (mixer) => mixer.send({ type: 'pause', id: 'x' }), /no such track/],
    ['for an id that is taken', (mixer) => void mixer.add([], { id: 'a' }), /already/],
    ['to seek in what is heard once', (mixer) => mixer.send({ type: 'seek', id: 'a', position: 0 }), /heard once/],
    ['to loop what is heard once', (mixer) => mixer.send({ type: 'loop', id: 'a', loop: 1 }), /heard once/],
    ['to end before the start', (mixer) => void mixer.add([second], { start: 10, end: 5 }), /behind start/],
  ])('that cannot be obeyed, %s, are told', async (_, tell, reason) => {
    const { mixer, listener } = scene();
    mixer.add((function* () { yield second; })(), { id: 'a' }); // prettier-ignore
    await listener.pull();
    tell(mixer);
    await listener.pull(2);
    expect(listener.facts.findLast(({ type }) => type === 'ignored')).toMatchObject({ error: { message: expect.stringMatching(reason) as string } });
  });

  it('pause holds the place, to the sample', async () => {
    const { listener, add } = scene();
    const track = add('a', pieces(second));
    await listener.pull(11);
    track.pause();
    expect((await listener.pull(6)).slice(3)).toEqual(['rest', 'rest', 'rest']);
    const { position } = track.state!;
    track.resume();
    await listener.pull(1);
    expect(listener.told('paused', 'resumed').map((text) => text.split(' ').slice(1).join(' '))).toEqual([`paused a ${position}/${position}`, `resumed a ${position}/${position}`]);
    await listener.toRest();
    expect(listener.told('ended').at(-1)).toMatch(/ended a 1000\/1000 end/);
  });

  it('mute lets its time go on, volume is a factor', async () => {
    const { listener, add } = scene();
    const track = add('a', pieces(tone(440, 40 * FRAME, 0.25)));
    await listener.pull(5);
    track.volume(0.5);
    await listener.pull(7);
    track.mute();
    await listener.pull(7);
    track.mute(false);
    await listener.toRest();
    const loud = peaks(listener.frames);
    expect(listener.frames).toHaveLength(LEAD + 40);
    expect(loud[3]! / 8_192).toBeCloseTo(1, 1);
    expect(loud[9]! / 8_192).toBeCloseTo(0.5, 1);
    expect(loud[16]!).toBeLessThan(40);
    expect(loud[30]! / 8_192).toBeCloseTo(0.5, 1);
  });

  it('loop, start and end count samples', async () => {
    const { listener, add } = scene({ positionEvery: 60_000 });
    add('a', pieces(second), { start: 100, end: 150, loop: 3 });
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 10);
    expect(listener.told().slice(1)).toEqual([
      '20 started a 100/0', '60 looped a 100/50', '120 looped a 100/100', '160 looped a 100/150', '220 ended a 150/200 end',
    ]); // prettier-ignore
  });

  it('seek plays on until the other place is there', async () => {
    const { listener, add } = scene({ positionEvery: 60_000 });
    const track = add('a', pieces(second));
    await listener.pull(11);
    track.seek(900);
    await listener.toRest();
    expect(listener.told('seeked', 'ended')).toEqual([expect.stringMatching(/seeked a 900\//) as string, expect.stringMatching(/ended a 1000\/3[24]0 end/) as string]);
    expect(listener.frames).toHaveLength(LEAD + Number(/\/(\d+) end/.exec(listener.told('ended')[0]!)![1]) / 20);
  });

  it('after: the very next sample', async () => {
    const { listener, add } = scene({ positionEvery: 60_000 });
    add('a', [level(0.25, 3 * FRAME + 480)]);
    add('b', [level(0.25, FRAME + 480)], { after: 'a' });
    add('c', [level(0.25, FRAME)], { after: 'b' });
    await listener.toRest();
    expect(listener.frames).toHaveLength(LEAD + 6);
    expect(listener.told('started', 'ended')).toEqual([
      '20 started a 0/0', '80 ended a 70/70 end', '80 started b 0/0', '120 ended b 30/30 end', '120 started c 0/0', '140 ended c 20/20 end',
    ]); // prettier-ignore
  });

  it('a row of tracks closes up where one leaves it, or fails, before its turn', async () => {
    const { mixer, listener, add } = scene({ positionEvery: 60_000 });
    add('a', pieces(tone(440, 10 * FRAME)));
    add('gone', pieces(second), { after: 'a' });
    add('broken', (function* () { throw new Error('boom'); })(), { after: 'gone' }); // prettier-ignore
    add('b', pieces(tone(440, 5 * FRAME)), { after: 'broken' });
    await listener.pull(4);
    mixer.send({ type: 'remove', id: 'gone' });
    await listener.toRest();
    expect(listener.told('started', 'ended')).toEqual([
      '20 started a 0/0', '80 ended gone 0/0 removed', '220 ended a 200/200 end', '220 ended broken 0/0 failed', '220 started b 0/0', '320 ended b 100/100 end',
    ]); // prettier-ignore
  });

  it.each([0, 1])('a filter that cannot be begun ends its track where it is added (%i others)', async (others) => {
    const { listener, add } = scene();
    const broken = pcmFilter(() => {
      throw new Error('no such filter');
    });
    for (let i = 0; i < others; i++) add(`b${i}`, pieces(second));
    add('a', pieces(second), { filters: [broken], ...(others > 0 && { after: 'b0' }) });
    await listener.toRest();
    expect(listener.facts.find((fact) => fact.type === 'ended' && fact.id === 'a')).toMatchObject({ reason: 'failed', error: { message: 'no such filter' } });
  });

  it('a filter that ends the sound ends the track', async () => {
    const { listener, add } = scene();
    let left = 5;
    add('a', pieces(second), { filters: [pcmFilter(() => ({ step: (samples) => (left--, samples), get over() { return left <= 0; } }))] });
    await listener.toRest();
    expect(listener.facts.at(-1)).toMatchObject({ type: 'ended', reason: 'end', heard: 100 });
  }); // prettier-ignore

  it('a removed one goes out in a frame, and who comes after it begins', async () => {
    const { listener, add } = scene({ positionEvery: 60_000 });
    const track = add('a', pieces(second));
    add('b', pieces(tone(440, 5 * FRAME)), { after: 'a' });
    await listener.pull(11);
    track.remove();
    await listener.toRest();
    expect(listener.told('ended').map((text) => text.replace(/^\d+ /, ''))).toEqual(['ended a 220/220 removed', 'ended b 100/100 end']);
  });
});

describe('a desk', () => {
  it('without a track waits; as an async iterable, too', async () => {
    const mixer = desk({ whenEmpty: 'end' });
    const frames = mixer[Symbol.asyncIterator]();
    const first = frames.next();
    expect(await Promise.race([first, settled()])).toBe(undefined);
    mixer.add(packets(tone(440, 3 * FRAME)));
    expect((await first).done).toBe(false);
    expect([(await frames.next()).done, (await frames.next()).done, (await frames.next()).done]).toEqual([false, false, true]);
  });

  it('is played once', async () => {
    const mixer = desk();
    const listener = new Listener(mixer);
    expect(() => new Listener(mixer)).toThrow(/played once/);
    await expect(mixer[Symbol.asyncIterator]().next()).rejects.toThrow(/played once/);
    listener.leave();
  });

  it('says whether it is silent because somebody wants it so', async () => {
    const mixer = desk();
    const queue = openQueue(mixer, { ...DEFAULT_READ_OPTIONS, onReadable: () => undefined });
    queue.read();
    expect(queue.paused).toBe(false);
    const track = mixer.add(pieces(second), { paused: true });
    mixer.add(pieces(second), { after: track.id });
    queue.read();
    expect(queue.paused).toBe(true);
    queue.close();
  });

  it('wakes who rests when it is told something, also by who is told a fact', async () => {
    const mixer = desk(NEVER);
    const listener = new Listener(mixer);
    await listener.pull();
    mixer.facts$.subscribe(({ type }) => type === 'added' && mixer.send({ type: 'volume', volume: 0.5 }));
    mixer.add(new Hand(), { id: 'a' });
    expect(listener.woken).toBe(1);
    await listener.pull(2);
    expect(mixer.tracks).toMatchObject([{ id: 'a', volume: 0.5, status: 'opening' }]);
  });

  it('may be left by who is told a fact', async () => {
    const mixer = desk();
    const listener = new Listener(mixer);
    mixer.facts$.subscribe(({ type }) => type === 'started' && listener.leave());
    mixer.add(pieces(second));
    await listener.pull(5);
    expect(listener).toMatchObject({ done: true, completed: true, frames: { length: LEAD } });
  });

  it('encodes by the encoder that is passed, and gives it back with the play', async () => {
    const log: unknown[] = [];
    const encoder: OpusEncoderFactory = (options) => {
      log.push(options);
      const own = createOpusEncoder(options);
      return { encode: (block) => own.encode(block), free: () => log.push(own.free()) };
    };
    const { listener, add } = scene({ encoder, bitrate: 48_000 });
    add('a', pieces(second));
    await listener.pull(10);
    expect(log).toEqual([{ bitrate: 48_000 }]);
    listener.leave();
    expect(log).toEqual([{ bitrate: 48_000 }, undefined]);
  });

  it('says wrong options at once', () => {
    expect(() => desk({ readAhead: 0 })).toThrow(/readAhead/);
    expect(() => desk({ ducking: {} } as DeskOptions)).toThrow(/no such option/);
    expect(() => desk(new Subject<DeskCommand>(), { bitrate: 1 })).toThrow(/bitrate/);
  });
});

function wav(sound: Int16Array): Uint8Array {
  const bytes = Buffer.alloc(44 + 2 * sound.length);
  bytes.write('RIFF', 0); bytes.writeUInt32LE(36 + 2 * sound.length, 4); bytes.write('WAVEfmt ', 8); bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); bytes.writeUInt16LE(2, 22); bytes.writeUInt32LE(48_000, 24); bytes.writeUInt32LE(192_000, 28);
  bytes.writeUInt16LE(4, 32); bytes.writeUInt16LE(16, 34); bytes.write('data', 36); bytes.writeUInt32LE(2 * sound.length, 40);
  sound.forEach((sample, i) => bytes.writeInt16LE(sample, 44 + 2 * i));
  return bytes;
} // prettier-ignore
