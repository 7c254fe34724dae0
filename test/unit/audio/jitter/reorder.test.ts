import { asyncScheduler, EMPTY, from, map, NEVER, of, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { reorder, type JitterEvent, type ReorderOptions } from '../../../../src/audio/index.js';
import type { VoicePacket } from '../../../../src/types.js';
import { stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { short, speech } from '../speech-packets.js';

/** A digit is the packet with this sequence number, 0 the first one with its marker bit; letters are packets of another SSRC: `a` is its first. */
const PACKETS: Readonly<Record<string, VoicePacket>> = Object.fromEntries([
  ...Array.from({ length: 10 }, (_, n) => [String(n), speech(n, { marker: n === 0 })]),
  ...Array.from({ length: 6 }, (_, n) => ['abcdef'[n], speech(n, { ssrc: 9, marker: n === 0 })]),
]);

/** A wait of exactly 30 ms, so that a diagram can show it. */
const EXACT: ReorderOptions = { minDelay: 30, maxDelay: 30 };

/** Frames as the letters of their packets; x a loss of SSRC 7, X one of SSRC 9, L a late packet. */
function letter(event: JitterEvent): string {
  if (event.type === 'lost') return event.ssrc === 7 ? 'x' : 'X';
  if (event.type === 'late') return 'L';
  return event.packet.ssrc === 7 ? String(event.packet.sequence) : 'abcdef'[event.packet.sequence]!;
}

describe('reorder', () => {
  it('passes what is in order, and puts in order what is not', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold('      0-1--3-2----4-|', PACKETS);
      const expected = '          0-1----(23)-4-|';
      const subs = '              ^-------------!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter))).toBe(expected);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('waits for what is missing, then tells that it is lost; one timer for all SSRCs', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      //                          3 and b are behind gaps; their time is up at 32 and 36 ms
      const packets = cold('      0-2-a-c---- 80ms 1-b-|', PACKETS);
      const expected = '          0---a 27ms (x2) (Xc) 51ms L-L-|';
      const subs = '              ^---------- 80ms ----!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter))).toBe(expected);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('holds the first packet of an SSRC for minDelay', () => {
    virtualTime(({ cold, expectObservable }) => {
      const packets = cold('      2-1-3 50ms 4-|', PACKETS);
      const expected = '          30ms (123) 20ms 4-|';
      expectObservable(packets.pipe(reorder(EXACT), map(letter))).toBe(expected);
    });
  });

  it('never', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(NEVER.pipe(reorder())).toBe('-');
    });
  });

  it('empty', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold<VoicePacket>('--|');
      expectObservable(packets.pipe(reorder())).toBe('--|');
      expectSubscriptions(packets.subscriptions).toBe('^-!');
      expectObservable(EMPTY.pipe(reorder())).toBe('|');
    });
  });

  it('one packet, which is told at completion', () => {
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('-1---|', PACKETS).pipe(reorder(EXACT), map(letter))).toBe('-----(1|)');
    });
  });

  it('tells everything that is held when the source completes', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold('      0-2-4-(|)', PACKETS);
      const expected = '          0-----(x2x4|)';
      const subs = '              ^-----!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter))).toBe(expected);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('passes an error on at once', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold('      0-2-#', PACKETS);
      const expected = '          0---#';
      const subs = '              ^---!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter))).toBe(expected);
      expectSubscriptions(packets.subscriptions).toBe(subs);
      expectObservable(throwError(() => 'error').pipe(reorder())).toBe('#');
    });
  });

  it('an endless source is let go of when it is unsubscribed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const packets = cold('      0-1-2--3-4-5-6', PACKETS);
      const unsub = '             ------!';
      const expected = '          0-1-2--';
      const subs = '              ^-----!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter)), unsub).toBe(expected);
      expectSubscriptions(packets.subscriptions).toBe(subs);
    });
  });

  it('unsubscribed while it waits, it says nothing more and leaves no timer', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const packets = cold('      0-2----------', PACKETS);
      const unsub = '             -----!';
      const subs = '              ^----!';
      expectObservable(packets.pipe(reorder(EXACT), map(letter)), unsub).toBe('0-----');
      expectSubscriptions(packets.subscriptions).toBe(subs);
      flush();
      // Virtual time advances as long as there are timers.
      expect(asyncScheduler.now()).toBeLessThan(30);
    });
  });

  it('stops a source that gives everything at once, as soon as nobody wants more', () => {
    const endless = function* (): Generator<VoicePacket> {
      for (let n = 0; ; n++) yield speech(n, { marker: n === 0 });
    };
    const told: string[] = [];
    from(endless()).pipe(reorder(), take(3)).subscribe((event) => told.push(short(event)));
    expect(told).toEqual(['0', '1', '2']);
  });

  it('is cold: each subscriber has buffers of its own', () => {
    const packets = of(speech(5, { marker: true }), speech(6)).pipe(reorder());
    const told: string[] = [];
    packets.subscribe((event) => told.push(short(event)));
    packets.subscribe((event) => told.push(short(event)));
    expect(told).toEqual(['5', '6', '5', '6']);
  });

  it('takes a busy process for no loss: what came meanwhile is read first', () => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const packets = new Subject<VoicePacket>();
      packets.pipe(reorder({ ...EXACT, scheduler: stallingScheduler(10, 200) })).subscribe((event) => told.push(short(event)));
      packets.next(speech(0, { marker: true }));
      packets.next(speech(2));
      // The loop was blocked until 200; the socket is read right after the timers.
      asyncScheduler.schedule(() => packets.next(speech(1)), 201);
      flush();
    });
    expect(told).toEqual(['0', '1', '2']);
  });

  it('errors the stream, and not the process, when onDrop throws', () => {
    const errors: unknown[] = [];
    const onDrop = (): never => {
      throw new Error('mine');
    };
    of(speech(0, { marker: true }), speech(0)).pipe(reorder({ onDrop })).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('mine')]);
  });

  it('forgets who is silent for long, and tells what it still held of one who makes room', () => {
    virtualTime(({ cold, expectObservable }) => {
      //                          2 is held when the table is full
      const packets = cold('      0-2-a-----|', PACKETS);
      const expected = '          0---(x2a)-|';
      expectObservable(packets.pipe(reorder({ ...EXACT, maxStreams: 1 }), map(letter))).toBe(expected);
    });
    virtualTime(({ cold, expectObservable }) => {
      //                          9 would be a gap; but 100 ms later it is a beginning
      const packets = cold('      0 99ms 9 50ms |', PACKETS);
      expectObservable(packets.pipe(reorder({ ...EXACT, idle: 100 }), map(letter))).toBe('0 129ms 9 20ms |');
    });
  });

  it.each([{ idle: 0 }, { maxStreams: 0 }, { maxDelay: -1 }])('does not take %o', (options) => {
    expect(() => reorder(options)).toThrow(VoiceOptionsError);
  });
});
