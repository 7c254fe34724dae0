import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { Owners } from '../../nodes/owners.mjs';

/** An account, forged. */
function account(...entries: readonly (readonly ['identify' | 'packet' | 'bad-datagram', number])[]): ReturnType<Owners['report']> {
  const [events$, packets$] = [new Subject<unknown>(), new Subject<unknown>()];
  const owners = new Owners({ events$, packets$ });
  for (const [type, ssrc] of entries) {
    if (type === 'packet') packets$.next({ userId: '7', ssrc });
    else events$.next({ type, userId: type === 'identify' ? '7' : null, ssrc });
  }
  return owners.report();
}

it('one after the other is in order', () => {
  expect(account(['identify', 1], ['packet', 1], ['identify', 2], ['packet', 1], ['packet', 2], ['packet', 2])).toEqual({ handovers: 1, violations: [] });
});

it('who sends after the next has begun to is found out', () => {
  expect(account(['identify', 1], ['packet', 1], ['identify', 2], ['packet', 2], ['packet', 1])).toEqual({ handovers: 1, violations: ['user 7: a packet of 1 after one of 2, who came later'] });
});

it('who sends after having been ended is found out, and so is who was never let in', () => {
  expect(account(['identify', 1], ['packet', 1], ['bad-datagram', 1]).violations).toEqual(['user 7: a datagram of 1 was not taken']);
  expect(account(['identify', 1], ['packet', 3]).violations).toEqual(['user 7: a packet of 3, who was never let in']);
});
