import { concatMap, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { sendOpus, type PacedFrame, type SendOpusOptions, type SenderDescription, type SentFrame } from '../../../src/driver.js';
import { InvalidFrameError, VoiceUnsupportedError } from '../../../src/errors.js';
import { parseRtpHeader } from '../../../src/protocol/rtp.js';
import { testFrame, testFrames } from '../../../src/testing/index.js';
import type { FrameCipher } from '../../../src/media/frame-cipher.js';
import { operatorCases } from '../../support/seven-cases.js';

/** A separate key for each: what is sent under one key is one RTP stream. */
const description = (changes: Partial<SenderDescription> = {}): SenderDescription => ({
  ssrc: 7,
  mode: 'aead_aes256_gcm_rtpsize',
  secretKey: new Uint8Array(32).fill(9),
  ...changes,
});
const random = (bytes: number): Uint8Array => new Uint8Array(bytes);
/** Header, four bytes of frame, tag and nonce. */
const BYTES = 12 + 4 + 16 + 4;
const sent = (sequence: number): SentFrame => ({ type: 'sent', sequence, timestamp: sequence * 960, position: sequence * 20, bytes: BYTES });

operatorCases('sendOpus', {
  from: { a: testFrame(0), b: testFrame(1) },
  to: { A: sent(0), B: sent(1), C: sent(2), D: sent(3) },
  over: (frames$: Observable<Uint8Array>) => frames$.pipe(sendOpus({ send: () => undefined }, description(), { random })),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a--|', result: '--A--|', listens: '^----!' },
    error: { source: '--a--#', result: '--A--#', listens: '^----!' },
    endless: { source: 'ababababab', until: '^---!', result: 'ABCD', listens: '^---!' },
    'early unsubscribe': { source: '-a-b-a', until: '^---!', result: '-A-B', listens: '^---!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

interface Run {
  readonly datagrams: Uint8Array[];
  readonly events: SentFrame[];
  readonly error: unknown;
}

function run(
  frames$: Observable<Uint8Array | PacedFrame>,
  to: SenderDescription = description(),
  options: SendOpusOptions = { random },
): Run {
  const datagrams: Uint8Array[] = [];
  const events: SentFrame[] = [];
  let error: unknown;
  frames$.pipe(sendOpus({ send: (datagram) => datagrams.push(datagram) }, to, options)).subscribe({
    next: (event) => events.push(event),
    error: (caught: unknown) => (error = caught),
  });
  return { datagrams, events, error };
}

describe('sendOpus', () => {
  it('works with its required arguments alone: one datagram an event, of the SSRC', () => {
    const { datagrams, events } = run(of(...testFrames(3)), description(), {});
    expect(datagrams.map((datagram) => datagram.length)).toEqual([BYTES, BYTES, BYTES]);
    const headers = datagrams.map((datagram) => parseRtpHeader(datagram)!);
    expect(headers.map(({ ssrc, sequence, timestamp }) => ({ ssrc, sequence, timestamp }))).toEqual(
      events.map(({ sequence, timestamp }) => ({ ssrc: 7, sequence, timestamp })),
    );
  });

  it('goes on where it was: two operators of one description are one RTP stream, and use no nonce twice', () => {
    const to = description();
    const first = run(of(...testFrames(2)), to);
    const second = run(of(...testFrames(2)), { ...to });
    expect([...first.events, ...second.events].map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(second.events.map(({ position }) => position)).toEqual([0, 20]);
    const nonces = [...first.datagrams, ...second.datagrams].map((datagram) => Buffer.from(datagram.subarray(-4)).toString('hex'));
    expect(new Set(nonces).size).toBe(4);
  });

  it('leaves by the port that it was given, with a playlist in one operator as well', () => {
    const to = description();
    run(of(testFrame(0)), to);
    const { datagrams, events } = run(of(1, 2).pipe(concatMap((n) => of(testFrame(n)))), to);
    expect({ datagrams: datagrams.length, sequences: events.map(({ sequence }) => sequence) }).toEqual({ datagrams: 2, sequences: [1, 2] });
  });

  it('moves the RTP timestamp over the gap that a paced frame tells of', () => {
    const paced = (gap: number): PacedFrame => ({ type: 'frame', frame: testFrame(0), samples: 960, gap });
    expect(run(of(paced(0), paced(480), paced(0))).events.map(({ timestamp }) => timestamp)).toEqual([0, 1_440, 2_400]);
  });

  it.each([[null], ['text'], [7], [undefined], [{}]])('errors at %s, which is no frame', (given: unknown) => {
    const { datagrams, error } = run(of(given) as Observable<Uint8Array>);
    expect(datagrams).toEqual([]);
    expect(error).toBeInstanceOf(InvalidFrameError);
  });

  it('errors at what is no Opus packet, and says which', () => {
    const { events, error } = run(of(testFrame(0), new Uint8Array(0), testFrame(1)));
    expect(events).toHaveLength(1);
    expect(error).toBeInstanceOf(InvalidFrameError);
    expect(error).toMatchObject({ index: 1 });
  });

  it('refuses what would leave in the clear because an option was forgotten, and a mode that is none', () => {
    for (const given of [description({ daveVersion: 1 }), description({ mode: 'rot13' })]) {
      const { datagrams, error } = run(of(testFrame(0)), given);
      expect(datagrams).toEqual([]);
      expect(error).toBeInstanceOf(VoiceUnsupportedError);
    }
    // A DAVE state that was never told which kind of call it is.
    expect(run(of(testFrame(0)), description({ daveVersion: 1 }), { dave: { cipher: null } }).error).toBeInstanceOf(VoiceUnsupportedError);
  });

  it('asks for the cipher at each frame', () => {
    const deaf = { decrypt: () => 'noKey' as const, mayYet: () => false, refused: () => undefined };
    const padding = (bytes: number): FrameCipher => ({ ...deaf, encrypt: (frame) => Uint8Array.of(...frame, ...new Uint8Array(bytes)) });
    let calls = 0;
    const dave = { get cipher() { return padding(calls++); } }; // prettier-ignore
    const { events } = run(of(...testFrames(2)), description({ daveVersion: 1 }), { dave, random });
    expect(events.map(({ bytes }) => bytes - BYTES)).toEqual([1, 2]);
  });
});
