import { asyncScheduler, map, Subject, take, VirtualTimeScheduler, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { alignSpeakers, type AlignedAudio, type PcmFrame } from '../../../../src/audio/index.js';
import { stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { pcmFrame } from '../voice-packets.js';

/** A frame of 2 ms that arrives now, from the speaker named by the letter. */
const arriving = map((userId: string): PcmFrame => {
  const at = asyncScheduler.now();
  return pcmFrame(new Int16Array(192).fill(1_000), at, { userId, ssrc: userId.charCodeAt(0) });
});
/** `0` for the first block of 2 ms, and so on. */
const number = map(({ index }: AlignedAudio) => String(index / 96));
/** Who is heard in a block; `-` for nobody. */
const voices = map(({ speakers }: AlignedAudio) => [...speakers].filter(([, pcm]) => pcm.some((s) => s !== 0)).map(([key]) => key).join('') || '-'); // prettier-ignore
const OPTIONS = { block: 2, delay: 3 };

describe('alignSpeakers', () => {
  it.each([
    ['never', '-', '^-----!', '-', '^-----!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-A|', '', '--(0|)', '^-!'],
    ['one, and its blocks in time', '-A----------|', '', '------0-1-2-|', '^-----------!'],
    ['an error, at once', '-A-A-A-#', '', '------0#', '^------!'],
    ['endless', '-A-A-A-----', '^----------!', '------0-1-2', '^----------!'],
    ['early unsubscribe', '-A-A-A-A|', '^------!', '------0', '^------!'],
    ['unsubscribe while waiting', '-A------|', '^----!', '-----', '^----!'],
    ['what is left, at completion', '-A-A-A-|', '', '------0(12|)', '^------!'],
  ])('%s', (_what, source, until, wanted, subscription) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frames = cold(source);
      const blocks: Observable<string> = frames.pipe(arriving, alignSpeakers(OPTIONS), number);
      expectObservable(blocks, until === '' ? undefined : until).toBe(wanted);
      expectSubscriptions(frames.subscriptions).toBe(subscription);
    });
  });

  it('puts those who speak at once into one block, and those in turns into theirs', () => {
    virtualTime(({ cold, expectObservable }) => {
      const blocks = cold('-A-(AB)B---------|').pipe(arriving, alignSpeakers(OPTIONS), voices);
      expectObservable(blocks).toBe('------A-x-n-B-n-n|', { A: 'A', B: 'B', x: 'AB', n: '-' });
    });
  });

  it('leaves no timer behind', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: number[] = [];
    const frames = alignSpeakers({ ...OPTIONS, scheduler });
    virtualTime(({ cold }) => {
      cold('A').pipe(arriving, frames, take(4)).subscribe(({ index }) => seen.push(index / 96));
    });
    scheduler.flush();
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(scheduler.actions).toHaveLength(0);
  });

  it('cancels its timer when it is left while waiting', () => {
    const scheduler = new VirtualTimeScheduler();
    const frames = new Subject<PcmFrame>();
    const subscription = frames.pipe(alignSpeakers({ scheduler })).subscribe();
    frames.next(pcmFrame(new Int16Array(1920), 0));
    expect(scheduler.actions).toHaveLength(1);
    subscription.unsubscribe();
    expect(scheduler.actions).toHaveLength(0);
    expect(frames.observed).toBe(false);
  });

  it('gives all that is due when the event loop was busy, each block once', () => {
    virtualTime(({ cold, flush }) => {
      const got: string[] = [];
      const scheduler = stallingScheduler(8, 15);
      cold('-A-A-A-A-A-A-A-A-A---|')
        .pipe(arriving, alignSpeakers({ ...OPTIONS, scheduler }), number)
        .subscribe((block) => got.push(`${asyncScheduler.now()}:${block}`));
      flush();
      expect(got).toEqual(['6:0', '15:1', '15:2', '15:3', '15:4', '16:5', '18:6', '20:7', '21:8']);
    });
  });

  it('finds out about wrong options at once', () => {
    expect(() => alignSpeakers({ block: 0 })).toThrow(VoiceOptionsError);
  });
});
