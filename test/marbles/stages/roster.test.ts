import { map, Subject, switchMap } from 'rxjs';
import { expect, it } from 'vitest';
import { roster$, type CallRoster } from '../../../src/driver.js';
import { encodeJsonFrame, type ServerFrame } from '../../../src/protocol/frames.js';
import { controlCases } from '../../support/seven-cases.js';

controlCases('roster$', {
  from: {
    j: encodeJsonFrame(11, { user_ids: ['1', '30'] }),
    s: encodeJsonFrame(5, { user_id: '2', ssrc: 9, speaking: 1 }),
    l: encodeJsonFrame(13, { user_id: '1' }),
    x: encodeJsonFrame(11, null),
  },
  to: { a: '', b: '1', c: '1,2', d: '2', e: '2,1' },
  over: (control) =>
    roster$(control, '30').pipe(
      switchMap(({ members$ }) => members$),
      map((members) => [...members].join()),
    ),
  rows: {
    never: { source: '-', result: 'a', listens: '^' },
    empty: { source: '--|', result: 'a', listens: '^-!' },
    one: { source: '--j', result: 'a-b', listens: '^' },
    error: { source: '--#', result: 'a-#', listens: '^-!' },
    endless: { source: '-jxslsjl', until: '^-------!', result: 'ab-cd-ed', listens: '^-------!' },
    'early unsubscribe': { source: '-js-l', until: '^--!', result: 'abc', listens: '^--!' },
    'unsubscribe while waiting': { source: '-----j', until: '^--!', result: 'a', listens: '^--!' },
  },
});

it('knows whose an SSRC is before who follows the frames in answer to it, and completes its streams when it is let go of', () => {
  const frames$ = new Subject<ServerFrame>();
  const seen: string[] = [];
  const note = (text: string) => (value: unknown) => void seen.push(`${text} ${String(value)}`);
  let roster: CallRoster | undefined;
  const following = roster$({ frames$ }, '30').subscribe((emitted) => {
    roster = emitted;
    emitted.claimed$.subscribe({ next: note('claimed'), complete: () => seen.push('claimed|') });
    emitted.speaking$.subscribe({ next: ({ userId }) => note('speaks')(userId), complete: () => seen.push('speaking|') });
    emitted.members$.subscribe({ complete: () => seen.push('members|') });
    frames$.subscribe(() => note('owner')(emitted.userOf(9)));
  });
  frames$.next({ kind: 'json', op: 5, d: { user_id: '2', ssrc: 9, speaking: 1 }, seq: 1 });
  following.unsubscribe();
  expect(seen).toEqual(['claimed 9', 'speaks 2', 'owner 2', 'members|', 'speaking|', 'claimed|']);
  expect([...roster!.members]).toEqual(['2']);
  expect(frames$.observed).toBe(true); // by the test itself, which has not unsubscribed
});
