import { Subject, Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InvalidFrameError } from '../../../../src/errors.js';
import { END, PENDING } from '../../../../src/frames/frame-queue.js';
import { resolvePlayOptions, type FrameInput, type PlayOptions } from '../../../../src/media/send/play-options.js';
import { Playback } from '../../../../src/media/send/playback.js';
import type { PlayEvent } from '../../../../src/types.js';
import { FRAME_DURATIONS, frameOf } from './stage.js';

function playbackOf(input: unknown, options: PlayOptions = {}) {
  const told: unknown[] = [];
  const subscriber = new Subscriber<PlayEvent>({
    next: (event) => told.push(event.type === 'sent' ? ['sent', event.position] : event),
    error: (error: unknown) => told.push(['error', error]),
    complete: () => told.push('complete'),
  });
  let woken = 0;
  const playback = new Playback(input as FrameInput, resolvePlayOptions(options), subscriber, () => woken++);
  return { playback, told, woken: () => woken };
}

const PACKET = { sequence: 1, timestamp: 2, bytes: 3 };

describe('Playback.next', () => {
  it.each(FRAME_DURATIONS)('knows the samples of a frame of %s ms', (ms) => {
    const { playback } = playbackOf([frameOf(ms)]);
    expect(playback.next()).toEqual(frameOf(ms));
    expect(playback.samples).toBe(ms * 48);
    expect(playback.next()).toBe(END);
  });

  it('gives PENDING, and has the pump called when there is a frame', () => {
    const source = new Subject<Uint8Array>();
    const { playback, woken } = playbackOf(source);
    expect(playback.next()).toBe(PENDING);
    source.next(frameOf(20));
    expect(woken()).toBe(1);
    expect(playback.next()).toEqual(frameOf(20));
  });

  it.each<[string, unknown, RegExp]>([
    ['an empty packet', new Uint8Array(0), /it is empty/],
    ['a frame that is too long', new Uint8Array(1_277).fill(0xf8, 0, 1), /1276 bytes long; an Opus frame has 1275/],
    ['more than 120 ms', Uint8Array.of(0x1b, 3, 1, 1, 1), /longer than 120 ms/],
    ['a number', 248, /it is a number, not a Uint8Array \(was one Uint8Array passed/],
    ['null', null, /it is null, not a Uint8Array/],
    ['undefined', undefined, /it is of type undefined/],
    ['a text', 'opus', /it is of type string/],
    ['a list', [1, 2], /it is an array/],
    ['an ArrayBuffer', new ArrayBuffer(4), /it is of type object/],
  ])('refuses %s and names its index', (_, bad, text) => {
    const { playback } = playbackOf([frameOf(20), frameOf(20), bad]);
    playback.next();
    playback.next();
    let error: unknown;
    try {
      playback.next();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InvalidFrameError);
    expect(error).toMatchObject({ index: 2, code: 'invalid-frame' });
    expect((error as Error).message).toMatch(text);
    expect((error as Error).message).toContain('frame 2 (counted from 0)');
  });
});

describe('what the listener is told', () => {
  it('is the position of each frame, in ms before it, over mixed durations and skipped frames', () => {
    const { playback, told } = playbackOf([2.5, 60, 20, 120, 10].map((ms) => frameOf(ms as 20)));
    playback.next();
    playback.sent(PACKET);
    playback.next();
    playback.sent(PACKET);
    playback.next();
    playback.skipped();
    playback.next();
    playback.sent(PACKET);
    playback.next();
    playback.sent(PACKET);
    playback.finish();
    expect(told).toEqual([
      ['sent', 0],
      ['sent', 2.5],
      ['sent', 82.5],
      ['sent', 202.5],
      { type: 'finished', frames: 5, heard: 192.5 },
      'complete',
    ]);
  });

  it('is starved once, only after the start, and again only after a frame', () => {
    const { playback, told } = playbackOf(new Subject<Uint8Array>());
    playback.starve();
    playback.start();
    playback.starve();
    playback.starve();
    playback.sent(PACKET);
    playback.starve();
    expect(told).toEqual([{ type: 'started' }, { type: 'starved' }, ['sent', 0], { type: 'starved' }]);
  });

  it('is suspended and resumed in turns', () => {
    const { playback, told } = playbackOf([]);
    playback.resume();
    playback.suspend();
    playback.suspend();
    playback.resume();
    playback.resume();
    expect(told).toEqual([{ type: 'suspended' }, { type: 'resumed' }]);
  });

  it('ends by one notification: completion unfinished, or an error', () => {
    const ended = playbackOf([]);
    ended.playback.end();
    ended.playback.finish();
    expect(ended.told).toEqual(['complete']);
    const failed = playbackOf([]);
    failed.playback.fail('why');
    failed.playback.end();
    expect(failed.told).toEqual([['error', 'why']]);
  });
});

describe('Playback.close', () => {
  it('releases the source', () => {
    const source = new Subject<Uint8Array>();
    const { playback } = playbackOf(source);
    expect(source.observed).toBe(true);
    playback.close();
    expect(source.observed).toBe(false);
  });
});
