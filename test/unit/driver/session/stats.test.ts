import { describe, it } from 'vitest';
import { asyncScheduler, EMPTY, map, share } from 'rxjs';
import { Reception } from '../../../../src/media/receive/reception.js';
import { receiveStats$ } from '../../../../src/driver/session/stats.js';
import { virtualTime } from '../../../support/virtual-time.js';

describe('receiveStats$', () => {
  /** The totals received so far, at each value. */
  const told$ = (reception: Reception, life$: Parameters<typeof receiveStats$>[1]) =>
    receiveStats$(reception, life$, asyncScheduler).pipe(map(({ at, totals }) => `${at} ${totals.packets} ${totals.bitrate ?? '-'}`));

  it('tells at once, then each second, and completes with the session', () => {
    virtualTime(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const reception = new Reception();
      cold('500ms a 1s a').subscribe(() => reception.of('1').heard(125));
      const life$ = hot('s 2499ms |');
      expectObservable(told$(reception, life$)).toBe('a 999ms b 999ms c 499ms |', { a: '0 0 -', b: '1000 1 1000', c: '2000 2 1000' });
      expectSubscriptions(life$.subscriptions).toBe('^ 2499ms !');
    });
  });

  it('is cold: who comes later has his own first value, and his own interval', () => {
    virtualTime(({ hot, expectObservable }) => {
      const reception = new Reception();
      const stats$ = told$(reception, hot('3s |'));
      expectObservable(stats$, '1500ms ^ 1200ms !').toBe('1500ms a 999ms b', { a: '1500 0 -', b: '2500 0 0' });
    });
  });

  it('of a session that has ended is complete', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(told$(new Reception(), EMPTY)).toBe('|');
    });
  });

  it('leaves no timer behind', () => {
    virtualTime(({ cold, flush, expectSubscriptions }) => {
      const life$ = cold('-');
      const shared$ = told$(new Reception(), life$).pipe(share());
      const subscription = shared$.subscribe();
      asyncScheduler.schedule(() => subscription.unsubscribe(), 1_500);
      flush();
      expectSubscriptions(life$.subscriptions).toBe('^ 1499ms !');
    });
  });
});
