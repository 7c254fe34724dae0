/** docs/examples/from-parts.mjs in virtual time, beside the driver: the same composition that test/loopback/examples.test.ts runs on real sockets. Needs `npm run build`. */
import { map, switchMap, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type GatewayPort, type OpusFrame, type VoicePacket } from '../../src/index.js';
import type { SentFrame, Transports, VoiceTarget } from '../../src/driver.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

interface Parts {
  play(frames: Iterable<OpusFrame>): Observable<SentFrame>;
  readonly heard$: Observable<VoicePacket>;
}

const EXAMPLE = '../../docs/examples/from-parts.mjs';
const { fromParts$ } = (await import(EXAMPLE)) as {
  fromParts$: (gateway$: GatewayPort, target: VoiceTarget, transports: Transports) => Observable<Parts>;
};

/** What the world saw of a connection that stays open for 6 s. */
function seen(connection: (voice: VirtualVoice) => Observable<unknown>): string[] {
  let lines: string[] = [];
  virtualTime(({ expectObservable, flush }) => {
    const { voice } = world();
    lines = chronicle(voice);
    expectObservable(connection(voice).pipe(switchMap(() => [])), '6s !').toBe('-');
    flush();
  });
  return lines;
}

describe('a connection from its parts', () => {
  it('joins, plays and leaves as the driver does, to the millisecond', () => {
    const byHand = seen((voice) =>
      fromParts$(voice.gateway, IDS, voice.transports).pipe(switchMap(({ play }) => play(testFrames(3)))), // prettier-ignore
    );
    const byDriver = seen((voice) =>
      connectVoice$(voice.gateway, IDS, { transports: voice.transports }).pipe(switchMap((session) => session.play(testFrames(3)))),
    );
    // The example never sets the marker bit.
    expect(byHand).toEqual(byDriver.map((line) => line.replace(' marker', '')));
    expect(byHand.filter((line) => line.includes(' frame ') || line.includes('speaking'))).toEqual([
      '60 > 5 speaking 0', '60 > 5 speaking 1', '60 rtp #0 t0 frame 0', '80 rtp #1 t960 frame 1', '100 rtp #2 t1920 frame 2', '200 > 5 speaking 0',
    ]); // prettier-ignore
  });

  it('hears', () => {
    virtualTime(({ cold, expectObservable }) => {
      const { voice } = world();
      cold('100ms x').subscribe(() => voice.speak('1', testFrames(2)));
      const heard$ = fromParts$(voice.gateway, IDS, voice.transports).pipe(
        switchMap(({ heard$ }) => heard$),
        map(({ userId, frame }) => `${userId} ${frame.length === 3 ? 'silence' : frame[2]}`),
      );
      const values = { a: '1 0', b: '1 1', s: '1 silence' };
      expectObservable(heard$, '1s !').toBe('100ms a 19ms b 19ms s 19ms s 19ms s 19ms s 19ms s', values);
    });
  });
});
