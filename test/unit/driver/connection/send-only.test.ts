import { asyncScheduler, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { NOWHERE, orNowhere } from '../../../../src/driver/connection/send-only.js';
import { DEFAULT_TIMEOUTS } from '../../../../src/driver/deadlines.js';
import type { LogEntry } from '../../../../src/log.js';
import type { DiscoveredAddress } from '../../../../src/protocol/discovery.js';
import { virtualTime } from '../../../support/virtual-time.js';

const a: DiscoveredAddress = { address: '203.0.113.7', port: 5 };
const timeouts = { ...DEFAULT_TIMEOUTS, discovery: 20 };

function told(marbles: string, expected: string, discovery: 'required' | 'optional' = 'optional', unsubscribe?: string): readonly LogEntry[] {
  const log: LogEntry[] = [];
  virtualTime(({ cold, expectObservable }) => {
    const discovered$: Observable<DiscoveredAddress> = cold(marbles, { a }).pipe(orNowhere({ discovery, timeouts, scheduler: asyncScheduler }, (entry) => log.push(entry)));
    expectObservable(discovered$, unsubscribe).toBe(expected, { a, n: NOWHERE });
  });
  return log;
}

describe('discovery that may go unanswered', () => {
  it.each([
    ['an answer in time', '---(a|)', '---(a|)', 0],
    ['none, for ever', '-', '----------(n|)', 1],
    ['none, since the socket ended', '--|', '--(n|)', 1],
    ['an answer too late', '-----------(a|)', '----------(n|)', 1],
    ['an error', '--#', '--#', 0],
  ])('%s', (_, marbles, expected, logged) => {
    expect(told(marbles, expected)).toHaveLength(logged);
  });

  it('is not said of a session that is left before', () => {
    expect(told('-', '-', 'optional', '-----!')).toEqual([]);
  });

  it('is nothing to a session that requires one', () => {
    expect(told('-', '-', 'required', '-------------------------!')).toEqual([]);
  });
});
