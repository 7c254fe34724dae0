import { from, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { decodeOpus, decodeOpusFrames, type OpusCodec, type PcmFrame } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { lost, packet, toneFrames } from '../voice-packets.js';

const [SOUND] = toneFrames(1) as [Uint8Array];
/** 20 ms of SILK, which may be followed by an FEC copy. */
const SPEECH = Uint8Array.of(0x08, 0, 0);
const DAMAGED = Uint8Array.of(0xff, 0);
const EVENTS: Readonly<Record<string, JitterEvent>> = {
  F: { type: 'frame', packet: packet(SOUND, 0) },
  G: { type: 'frame', packet: packet(SOUND, 1) },
  S: { type: 'frame', packet: packet(SPEECH, 0) },
  x: lost(1),
  L: { type: 'late', packet: packet(SOUND, 1) },
  D: { type: 'frame', packet: packet(DAMAGED, 1) },
};

/** Counts the codecs in use. */
function counted(fec = false): { readonly open: () => number; readonly codec: () => OpusCodec } {
  let open = 0;
  const codec = (): OpusCodec => {
    open += 1;
    const pcm = (): Int16Array => new Int16Array(1920);
    return {
      decode: (frame) => {
        if (frame === DAMAGED) throw new Error('damaged');
        return pcm();
      },
      ...(fec && { decodeFec: pcm }),
      free: () => (open -= 1),
    };
  };
  return { open: () => open, codec };
}
const letter = map(({ concealed }: PcmFrame) => (concealed ? 'c' : 'f'));

describe('decodeOpus', () => {
  it.each([
    ['never', '-', '^----!', '-', '^----!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-F-|', '', '-f-|', '^--!'],
    ['an error', '-F-#', '', '-f-#', '^--!'],
    ['endless', '-F-x-L-D-G', '^---------!', '-f-c---c-f', '^---------!'],
    ['early unsubscribe', '-F-G-G-|', '^--!', '-f-', '^--!'],
    ['unsubscribe while waiting', '-F---G|', '^--!', '-f--', '^--!'],
  ])('%s', (_what, source, until, wanted, subscription) => {
    const { open, codec } = counted();
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const events = cold(source, EVENTS);
      const pcm = events.pipe(decodeOpus({ codec }), letter);
      expectObservable(pcm, until === '' ? undefined : until).toBe(wanted);
      expectSubscriptions(events.subscriptions).toBe(subscription);
      flush();
    });
    expect(open()).toBe(0);
  });

  it('gives what is held for FEC at completion, and not at an error', () => {
    const { open, codec } = counted(true);
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('-S-x-|', EVENTS).pipe(decodeOpus({ codec }), letter)).toBe('-f---(c|)');
      expectObservable(cold('-F-x-|', EVENTS).pipe(decodeOpus({ codec }), letter)).toBe('-f-c-|');
      expectObservable(cold('-S-x-#', EVENTS).pipe(decodeOpus({ codec }), letter)).toBe('-f---#');
    });
    expect(open()).toBe(0);
  });

  it('can be left from within, also while a source gives all at once', () => {
    const { open, codec } = counted();
    let pulled = 0;
    const endless = function* (): Generator<JitterEvent> {
      for (;;) {
        pulled += 1;
        yield EVENTS['F']!;
      }
    };
    const got: PcmFrame[] = [];
    from(endless()).pipe(decodeOpus({ codec }), take(3)).subscribe((frame) => got.push(frame));
    expect([got.length, pulled, open()]).toEqual([3, 3, 0]);
  });

  it('is cold: each subscription has decoders of its own', () => {
    const { open, codec } = counted();
    virtualTime(({ hot, expectObservable, flush }) => {
      const pcm = hot('-F-G-F-|', EVENTS).pipe(decodeOpus({ codec }), letter);
      expectObservable(pcm).toBe('-f-f-f-|');
      expectObservable(pcm, '--^-!').toBe('---f');
      flush();
    });
    expect(open()).toBe(0);
  });

  it('errors, and lets go, when no decoder can be made', () => {
    const full = new Error('no memory');
    const none = (): never => {
      throw full;
    };
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const events = cold('-F-G-|', EVENTS);
      expectObservable(events.pipe(decodeOpus({ codec: none }))).toBe('-#', {}, full);
      expectSubscriptions(events.subscriptions).toBe('^!');
    });
  });

  it('finds out about wrong options at once', () => {
    expect(() => decodeOpus({ idle: -1 })).toThrow(VoiceOptionsError);
  });
});

describe('decodeOpusFrames', () => {
  it('gives the same, on demand, and lets go when the loop is left', () => {
    const { open, codec } = counted(true);
    const events = ['S', 'x', 'D', 'G', 'x'].map((name) => EVENTS[name]!);
    expect([...decodeOpusFrames(events, { codec })].map(({ concealed }) => concealed)).toEqual([false, true, true, false, true]);
    expect(open()).toBe(0);
    for (const { concealed } of decodeOpusFrames(events, { codec })) {
      expect([concealed, open()]).toEqual([false, 1]);
      break;
    }
    expect(open()).toBe(0);
  });
});
