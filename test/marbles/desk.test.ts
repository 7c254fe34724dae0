/** A desk as a session plays it, in virtual time. Read-ahead is done before the run, because promises are not virtual. */
import { switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { desk, type Desk, type DeskFact } from '../../src/audio/index.js';
import { connectVoice$, type PlayEvent } from '../../src/index.js';
import { DEFAULT_READ_OPTIONS } from '../../src/frames/frame-input.js';
import { frameStream, type FrameStream } from '../../src/frames/frame-stream.js';
import { openQueue } from '../../src/frames/open-queue.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** A desk with one track, read ahead completely, as input for a play. */
async function loaded(frames: number): Promise<{ readonly mixer: Desk; readonly frames: FrameStream; readonly facts: DeskFact[] }> {
  const mixer = desk({ whenEmpty: 'end', readAhead: 60_000, positionEvery: 100 });
  const facts: DeskFact[] = [];
  mixer.facts$.subscribe((fact) => facts.push(fact));
  mixer.add(testFrames(frames), { id: 'song' });
  let readable: () => void = () => undefined;
  const queue = openQueue(mixer, { ...DEFAULT_READ_OPTIONS, onReadable: () => readable() });
  queue.read();
  await new Promise(setImmediate);
  const opened = frameStream(({ onReadable }) => {
    readable = onReadable;
    return queue;
  });
  return { mixer, frames: opened, facts };
}

interface Story {
  readonly lines: readonly string[];
  readonly events: readonly PlayEvent['type'][];
  readonly facts: readonly DeskFact[];
}

async function story(count: number, act: (voice: VirtualVoice, mixer: Desk) => void, until = 2_000): Promise<Story> {
  const { mixer, frames, facts } = await loaded(count);
  const events: PlayEvent['type'][] = [];
  let lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const subscription = connectVoice$(voice.gateway, IDS, options)
      .pipe(switchMap((session) => session.play(frames)))
      .subscribe(({ type }) => events.push(type));
    act(voice, mixer);
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { lines: lines.filter((line) => line.includes('rtp')).map((line) => line.replace('rtp ', '')), events, facts };
}

const framesOf = (lines: readonly string[]): string[] => lines.flatMap((line) => /frame (\d+)/.exec(line)?.[1] ?? []);
const all = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

describe('a desk in a session', () => {
  it('one frame each 20 ms, and the end', async () => {
    const { lines, events, facts } = await story(10, () => undefined);
    expect(lines.slice(0, 3)).toEqual(['60 #0 t0 frame 0', '80 #1 t960 frame 1', '100 #2 t1920 frame 2']);
    expect(framesOf(lines)).toEqual(all(10));
    expect(events.at(-1)).toBe('finished');
    expect(facts.at(-2)).toEqual({ at: 200, type: 'ended', id: 'song', reason: 'end', position: 200, heard: 200 });
  });

  it('while the session is being remade nothing moves: it goes on with the very frame, and says so', async () => {
    const { lines, events, facts } = await story(30, (voice) => timer(200).subscribe(() => voice.close(4_006)));
    expect(events).toContain('suspended');
    expect(framesOf(lines)).toEqual(all(30));
    expect(facts.flatMap((fact) => (fact.type === 'position' ? [[fact.at, fact.position, fact.heard]] : []))).toEqual([100, 200, 300, 400, 500].map((ms) => [ms, ms, ms]));
  });

  it('a WebSocket that is resumed costs nothing', async () => {
    const { lines } = await story(20, (voice) => timer(200).subscribe(() => voice.close(1_006)));
    expect(framesOf(lines)).toEqual(all(20));
    expect(lines.slice(0, 20).map((line) => Number(line.split(' ')[0]))).toEqual(Array.from({ length: 20 }, (_, i) => 60 + 20 * i));
  });

  it('paused: the play says so, the bot does not speak, and it goes on with the very frame', async () => {
    const { lines, events, facts } = await story(20, (_, mixer) => {
      timer(170).subscribe(() => mixer.send({ type: 'pause' }));
      timer(700).subscribe(() => mixer.send({ type: 'resume' }));
    });
    expect(events).toContain('paused');
    const times = lines.map((line) => Number(line.split(' ')[0]));
    expect(times.filter((time) => time > 300 && time < 700)).toEqual([]);
    const paused = facts.find(({ type }) => type === 'paused');
    const resumed = facts.find(({ type }) => type === 'resumed');
    expect(resumed).toEqual({ ...paused, type: 'resumed' });
    expect(facts.at(-2)).toMatchObject({ type: 'ended', position: 400, heard: 400 });
  });

  it('left in its middle: what was heard is told, to the frame', async () => {
    const { facts } = await story(100, () => undefined, 60 + 15 * 20 - 10);
    expect(facts.at(-1)).toEqual({ at: 300, type: 'ended', id: 'song', reason: 'stopped', position: 300, heard: 300 });
  });
});
