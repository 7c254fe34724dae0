import { asyncScheduler, config, defer, retry, throwError } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VoiceGatewayError, VoiceOptionsError, VoiceSocketClosedError, VoiceTimeoutError, VoiceUnsupportedError } from '../../src/errors.js';
import { voiceRetry } from '../../src/voice-retry.js';
import { virtualTime } from '../support/virtual-time.js';

describe('voiceRetry', () => {
  const timeout = new VoiceTimeoutError('hello', 5, 'why');

  it('tries again after 1, 2, 4, 8 and 16 s, and then passes the error on', () => {
    virtualTime(({ expectObservable, cold, expectSubscriptions }) => {
      const failing = cold<string>('#', {}, timeout);
      expectObservable(failing.pipe(retry(voiceRetry()))).toBe('31s #', {}, timeout);
      expectSubscriptions(failing.subscriptions).toBe(['(^!)', '1s (^!)', '3s (^!)', '7s (^!)', '15s (^!)', '31s (^!)']);
    });
  });

  it('waits 30 s at the most, and takes other numbers', () => {
    virtualTime(({ expectObservable }) => {
      const failing$ = throwError(() => timeout);
      expectObservable(failing$.pipe(retry(voiceRetry({ count: 3, delay: 20_000 })))).toBe('80s #', {}, timeout);
      expectObservable(failing$.pipe(retry(voiceRetry({ count: 0 })))).toBe('#', {}, timeout);
      expectObservable(failing$.pipe(retry(voiceRetry({ count: 2, delay: 5 })))).toBe('15ms #', {}, timeout);
    });
  });

  it.each([new VoiceSocketClosedError(4_002), new VoiceUnsupportedError('dave', ''), new TypeError('bug'), 'text'])('passes %s on at once', (error) => {
    virtualTime(({ expectObservable }) => {
      expectObservable(throwError(() => error).pipe(retry(voiceRetry()))).toBe('#', {}, error);
    });
  });

  it('begins anew after there was a session, and does not retry a completion', () => {
    virtualTime(({ cold, expectObservable }) => {
      let round = 0;
      const rounds = ['#', '#', 'a#', '#', 'b|'];
      const flaky$ = defer(() => cold(rounds[round++]!, undefined, timeout));
      expectObservable(flaky$.pipe(retry(voiceRetry({ count: 2, delay: 10 })))).toBe('30ms a 30ms b|');
    });
  });

  it('passes a cause that lasts on when it comes twice in a row, and only then', () => {
    const udp = new VoiceTimeoutError('discovery', 6_000, 'UDP is blocked');
    const intent = new VoiceTimeoutError('signalling', 10_000, 'no intent', true);
    const slow = new VoiceTimeoutError('signalling', 10_000, 'slow');
    const gateway = new VoiceGatewayError('down', 'why');
    const rounds = (...errors: readonly (Error | 'session')[]): string => {
      const tried: string[] = [];
      virtualTime(({ cold, flush }) => {
        const flaky$ = defer(() => {
          const error = errors[tried.length] ?? udp;
          tried.push(error === 'session' ? 'S' : '#');
          return error === 'session' ? cold('a#', undefined, slow) : cold('#', undefined, error);
        });
        flaky$.pipe(retry(voiceRetry())).subscribe({ error: () => undefined });
        flush();
      });
      return tried.join('');
    };
    expect(rounds(udp, udp)).toBe('##');
    expect(rounds(intent, intent)).toBe('##');
    expect(rounds(slow, slow, slow, slow, slow, slow)).toBe('######');
    expect(rounds(gateway, udp, gateway, intent, udp, gateway)).toBe('######');
    expect(rounds(udp, 'session', udp, udp)).toBe('#S##');
    expect(rounds(udp, 'session', 'session', udp, gateway, gateway, gateway)).toBe('#SS#####');
  });

  it('tells each retry: the error, which one it is, and when', () => {
    const told: unknown[] = [];
    virtualTime(({ flush, cold }) => {
      const started = asyncScheduler.now();
      const session = new VoiceSocketClosedError(1_006);
      let round = 0;
      const flaky$ = defer(() => (round++ === 2 ? cold('a#', undefined, session) : cold('#', undefined, timeout)));
      const retries = voiceRetry({ count: 2, delay: 50, onRetry: (error, retrying) => told.push([asyncScheduler.now() - started, error, retrying]) });
      flaky$.pipe(retry(retries)).subscribe({ error: (error: unknown) => told.push([asyncScheduler.now() - started, error]) });
      flush();
    });
    const session = expect.any(VoiceSocketClosedError);
    expect(told).toEqual([
      [0, timeout, { attempt: 1, count: 2, delay: 50 }],
      [50, timeout, { attempt: 2, count: 2, delay: 100 }],
      [151, session, { attempt: 1, count: 2, delay: 50 }],
      [201, timeout, { attempt: 2, count: 2, delay: 100 }],
      [301, timeout],
    ]);
  });

  it('tells nothing of what is not tried again', () => {
    const told: unknown[] = [];
    const onRetry = (error: unknown): unknown => told.push(error);
    virtualTime(({ flush }) => {
      for (const error of [new VoiceUnsupportedError('dave', ''), new TypeError('bug')])
        throwError(() => error).pipe(retry(voiceRetry({ onRetry }))).subscribe({ error: () => undefined });
      throwError(() => timeout).pipe(retry(voiceRetry({ count: 0, onRetry }))).subscribe({ error: () => undefined });
      flush();
    });
    expect(told).toEqual([]);
  });

  it('goes on where onRetry throws, which is reported', async () => {
    const reported = new Promise((resolve) => (config.onUnhandledError = resolve));
    onTestFinished(() => void (config.onUnhandledError = null));
    const bug = new Error('a bug of the caller');
    let rounds = 0;
    const failing$ = defer(() => throwError(() => ((rounds += 1), timeout)));
    const retries = voiceRetry({ count: 1, delay: 0, onRetry: () => { throw bug; } }); // prettier-ignore
    const outcome = new Promise((resolve) => failing$.pipe(retry(retries)).subscribe({ error: resolve }));
    expect(await reported).toBe(bug);
    expect(await outcome).toBe(timeout);
    expect(rounds).toBe(2);
  });

  it.each<[string, object]>([
    ['count', { count: -1 }],
    ['count', { count: 1.5 }],
    ['delay', { delay: '5s' }],
    ['delay', { delay: NaN }],
    ['onRetry', { onRetry: true }],
    ['onretry', { onretry: console.warn }],
  ])('refuses a wrong %s: %o', (option, options) => {
    expect(() => voiceRetry(options)).toThrow(VoiceOptionsError);
    expect(() => voiceRetry(options)).toThrow(new RegExp(`^${option}: `));
    expect(voiceRetry({ count: Infinity }).count).toBe(Infinity);
  });

  it('stops when it is unsubscribed while waiting', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold<string>('#', {}, timeout);
      expectObservable(failing.pipe(retry(voiceRetry())), '^ 500ms !').toBe('-');
      expectSubscriptions(failing.subscriptions).toBe('(^!)');
    });
  });
});
