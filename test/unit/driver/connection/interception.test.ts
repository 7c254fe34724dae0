import { describe, expect, it } from 'vitest';
import { asyncScheduler, type Observable } from 'rxjs';
import { createSeal } from '../../../../src/crypto/seal.js';
import { interception$ } from '../../../../src/driver/connection/interception.js';
import type { LogEntry } from '../../../../src/log.js';
import type { MediaInterceptor } from '../../../../src/media/interceptor.js';
import { RtcpSender } from '../../../../src/media/send/rtcp-sender.js';
import { Traffic } from '../../../../src/media/traffic.js';
import { virtualTime } from '../../../support/virtual-time.js';

function intercepted(interceptors: readonly MediaInterceptor[], logged: LogEntry[] = [], traffic = new Traffic()): Observable<never> {
  const mode = 'aead_aes256_gcm_rtpsize';
  const seal = createSeal(mode, new Uint8Array(32), { random: (bytes) => new Uint8Array(bytes) });
  const rtcp = new RtcpSender({ seal, port: { send: () => undefined }, traffic, time: asyncScheduler });
  const about = { guildId: '10', ssrc: 1, mode, scheduler: asyncScheduler } as const;
  return interception$({ interceptors, about, traffic, rtcp, log: (entry) => logged.push(entry) });
}

describe('interception$', () => {
  it.each([
    ['none', [], '|'],
    ['one that never ends', ['-----'], '-'],
    ['one that is empty', ['|'], '|'],
    ['values, which are ignored', ['-a-b-|'], '-----|'],
    ['several, to the last', ['--a-|', '|', '---b---|'], '-------|'],
    ['one that errors, and one that goes on', ['--#', '-----|'], '-----|'],
    ['errors only', ['--#', '#'], '--|'],
    ['one without an end among others', ['-a|', '---'], '-'],
  ])('%s', (_, diagrams, result) => {
    virtualTime(({ cold, expectObservable }) => {
      expectObservable(intercepted(diagrams.map((diagram) => () => cold(diagram)))).toBe(result);
    });
  });

  it('lets go of all of them, early', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [a, b] = [cold('--a--a--a'), cold('-#')];
      expectObservable(intercepted([() => a, () => b]), '^----!').toBe('-');
      expectSubscriptions(a.subscriptions).toBe('^----!');
      expectSubscriptions(b.subscriptions).toBe('^!');
    });
  });

  it('tells the totals as they are when they are asked for, and lets nobody change them', () => {
    const traffic = new Traffic();
    const told: object[] = [];
    const asks: MediaInterceptor = ({ sentTotals }) => {
      told.push(Object.assign(sentTotals(), { packets: 99 }));
      traffic.sent.packets += 1;
      told.push(sentTotals());
      return [];
    };
    virtualTime(() => void intercepted([asks], [], traffic).subscribe());
    expect(told).toEqual([{ packets: 99, octets: 0 }, { packets: 1, octets: 0 }]); // prettier-ignore
  });

  it('logs each that fails, once', () => {
    const logged: LogEntry[] = [];
    virtualTime(({ cold, flush }) => {
      intercepted([() => cold('--#', {}, new Error('no disk')), () => cold('#', {}, 'odd')], logged).subscribe();
      flush();
    });
    expect(logged).toEqual(['odd', 'no disk'].map((reason) => ({ type: 'ignored', what: 'interceptor', reason })));
  });
});
