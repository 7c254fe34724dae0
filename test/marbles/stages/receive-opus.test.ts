import { catchError, map, of, Subject, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { receiveOpus, type ReceivingOptions } from '../../../src/driver.js';
import { VoiceUnsupportedError } from '../../../src/errors.js';
import type { FrameCipher } from '../../../src/media/frame-cipher.js';
import type { VoicePacket } from '../../../src/types.js';
import { encrypted } from '../../unit/driver/dave/fake-provider.js';
import { KEY, OPUS, packet, RTPSIZE, rtcp, SSRC } from '../../unit/media/receive/receiver-stage.js';
import { operatorCases } from '../../support/seven-cases.js';
import { virtualTime } from '../../support/virtual-time.js';

const description = { mode: RTPSIZE, secretKey: KEY };
const forged = packet(RTPSIZE).map((byte, i) => (i === 14 ? byte ^ 1 : byte));
const from = {
  a: packet(RTPSIZE, { sequence: 1 }),
  b: packet(RTPSIZE, { sequence: 2 }),
  c: packet(RTPSIZE, { sequence: 3 }),
  x: forged,
  y: Uint8Array.of(1, 2),
  z: rtcp(Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 7)),
};
const numbers = map(({ userId, sequence }: VoicePacket) => `${userId ?? 'nobody'} ${sequence}`);

/** Each packet has its own sequence number, because a repeated packet is heard only once. */
function* packets(): Generator<Uint8Array> {
  for (let sequence = 1; ; sequence++) yield packet(RTPSIZE, { sequence });
}

operatorCases('receiveOpus', {
  from,
  to: { A: 'nobody 1', B: 'nobody 2' },
  over: (datagrams$: Observable<Uint8Array>) => datagrams$.pipe(receiveOpus(description), numbers),
  endless: packets,
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a--|', result: '--A--|', listens: '^----!' },
    error: { source: '--a--#', result: '--A--#', listens: '^----!' },
    endless: { source: 'axyzbxyz', until: '^------!', result: 'A---B--', listens: '^------!' },
    'early unsubscribe': { source: '-a-b-a', until: '^---!', result: '-A-B', listens: '^---!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

it('waits for whose an SSRC is where somebody may say so, for a second and in order', () => {
  virtualTime(({ cold, expectObservable }) => {
    const claimed$ = new Subject<number>();
    let owner: string | null = null;
    const roster = { claimed$, userOf: () => owner };
    cold('---c').subscribe(() => {
      owner = '77';
      claimed$.next(SSRC);
    });
    const heard$ = cold('a-b-----c', from).pipe(receiveOpus(description, { roster }), numbers);
    expectObservable(heard$).toBe('---(AB)-C', { A: '77 1', B: '77 2', C: '77 3' });
    const nobody$ = cold('a 999ms b', from).pipe(receiveOpus(description, { roster: { claimed$: new Subject(), userOf: () => null } }), numbers);
    expectObservable(nobody$).toBe('1s (AB)', { A: 'nobody 1', B: 'nobody 2' });
  });
});

it('forgets what waits when it is let go of', () => {
  virtualTime(({ cold, expectObservable }) => {
    const claimed$ = new Subject<number>();
    const heard$ = cold('a', from).pipe(receiveOpus(description, { roster: { claimed$, userOf: () => null } }));
    expectObservable(heard$, '^--!').toBe('-');
    cold('---c').subscribe(() => expect(claimed$.observed).toBe(false));
  });
});

it('decrypts by the cipher in force, and holds what comes before its keys', () => {
  virtualTime(({ cold, expectObservable }) => {
    const changed$ = new Subject<void>();
    let keys = false;
    const cipher: FrameCipher = {
      encrypt: (frame) => frame,
      decrypt: (_, frame) => (keys ? frame.slice(0, OPUS.length).map((byte) => byte ^ 1) : 'noKey'),
      mayYet: () => true,
      refused: () => undefined,
    };
    const options: ReceivingOptions = { dave: { cipher, changed$ }, roster: { userOf: () => '77', claimed$: new Subject() } };
    cold('----k').subscribe(() => {
      keys = true;
      changed$.next();
    });
    const datagrams = { a: packet(RTPSIZE, { sequence: 1, payload: encrypted(1, OPUS) }) };
    const heard$ = cold('-a------|', datagrams).pipe(receiveOpus({ ...description, daveVersion: 1 }, options), map(({ frame }) => [...frame]));
    expectObservable(heard$).toBe('----A---|', { A: [...OPUS] });
  });
});

it('refuses a call that is end-to-end encrypted without a cipher, and a mode that is none, before it listens', () => {
  for (const given of [{ ...description, daveVersion: 1 }, { ...description, mode: 'rot13' }]) {
    const datagrams$ = new Subject<Uint8Array>();
    const told: unknown[] = [];
    datagrams$.pipe(receiveOpus(given), catchError((error: unknown) => of(error))).subscribe((value) => told.push(value)); // prettier-ignore
    expect(told).toEqual([expect.any(VoiceUnsupportedError)]);
    expect(datagrams$.observed).toBe(false);
  }
});
