import { asyncScheduler, EMPTY, NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ipDiscovery$ } from '../../../../src/driver/connection/ip-discovery.js';
import type { UdpPort } from '../../../../src/driver/ports.js';
import { encodeDiscoveryReply, encodeDiscoveryRequest, parseDiscoveryRequest } from '../../../../src/protocol/discovery.js';
import { virtualTime } from '../../../support/virtual-time.js';

const SSRC = 1234;
const a = { address: '203.0.113.7', port: 50_004 };
const REPLY = encodeDiscoveryReply(SSRC, a);

function port(datagrams$: Observable<Uint8Array>): { port: UdpPort; requests: unknown[] } {
  const requests: unknown[] = [];
  return { requests, port: { datagrams$, send: (datagram) => requests.push([asyncScheduler.now(), parseDiscoveryRequest(datagram)]) } };
}

describe('ipDiscovery$', () => {
  it('emits the address in the reply and completes; stops listening and asking at once', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const datagrams$ = cold('---r--r', { r: REPLY });
      const { port: udp, requests } = port(datagrams$);
      expectObservable(ipDiscovery$(udp, SSRC)).toBe('---(a|)', { a });
      expectSubscriptions(datagrams$.subscriptions).toBe('^--!');
      flush();
      expect(requests).toEqual([[0, SSRC]]);
      expect(asyncScheduler.now()).toBeLessThan(500);
    });
  });

  it('asks every 500 ms until it is answered, and counts the requests', () => {
    virtualTime(({ cold, expectObservable, flush }) => {
      const { port: udp, requests } = port(cold('1700ms r', { r: REPLY }));
      const counted: number[] = [];
      expectObservable(ipDiscovery$(udp, SSRC, { onRequest: (n) => counted.push(n) })).toBe('1700ms (a|)', { a });
      flush();
      expect(requests).toEqual([0, 500, 1_000, 1_500].map((at) => [at, SSRC]));
      expect(counted).toEqual([1, 2, 3, 4]);
    });
  });

  it('asks at another pace if it is told to', () => {
    virtualTime(({ flush, expectObservable }) => {
      const { port: udp, requests } = port(NEVER);
      expectObservable(ipDiscovery$(udp, SSRC, { resendAfter: 40 }), '^ 100ms !').toBe('-');
      flush();
      expect(requests).toEqual([0, 40, 80].map((at) => [at, SSRC]));
    });
  });

  it('never ends by itself, and stops both when it is unsubscribed', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const datagrams$ = cold<Uint8Array>('-');
      const { port: udp, requests } = port(datagrams$);
      expectObservable(ipDiscovery$(udp, SSRC), '^ 1200ms !').toBe('-');
      expectSubscriptions(datagrams$.subscriptions).toBe('^ 1200ms !');
      flush();
      expect(requests).toHaveLength(3);
    });
  });

  it.each<[string, Uint8Array]>([
    ['a reply to another SSRC', encodeDiscoveryReply(1, a)],
    ['a request', encodeDiscoveryRequest(SSRC)],
    ['voice', Uint8Array.of(0x80, 0x78, 0, 0)],
    ['nothing', new Uint8Array(0)],
    ['a reply without an address', encodeDiscoveryReply(SSRC, { address: '', port: 1 })],
    ['a reply without a port', encodeDiscoveryReply(SSRC, { ...a, port: 0 })],
    ['a reply that is cut off', REPLY.subarray(0, 73)],
  ])('pays no heed to %s', (_, datagram) => {
    virtualTime(({ cold, expectObservable }) => {
      const { port: udp } = port(cold('-x-r', { x: datagram, r: REPLY }));
      expectObservable(ipDiscovery$(udp, SSRC)).toBe('---(a|)', { a });
    });
  });

  it('passes on the error of a lost socket, and its end', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(ipDiscovery$(port(throwError(() => 'lost')).port, SSRC)).toBe('#', {}, 'lost');
      expectObservable(ipDiscovery$(port(EMPTY).port, SSRC)).toBe('|');
      expectObservable(ipDiscovery$(port(of(REPLY)).port, SSRC)).toBe('(a|)', { a });
    });
  });

  it('is answered within its own sending', () => {
    virtualTime(({ expectObservable }) => {
      const datagrams$ = new Subject<Uint8Array>();
      expectObservable(ipDiscovery$({ datagrams$, send: () => datagrams$.next(REPLY) }, SSRC)).toBe('(a|)', { a });
    });
  });
});
