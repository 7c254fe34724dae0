/** A link between two sides, over a network that loses, duplicates and delays, and a server that comes and goes; in virtual time. */
import fc from 'fast-check';
import { asyncScheduler, BehaviorSubject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { EngineLostError } from '../../../src/errors.js';
import { Link } from '../../../src/nodes/link/link.js';
import { decodePacket, encodePacket } from '../../../src/nodes/link/packet.js';
import { steadyScheduler } from '../../../src/steady-scheduler.js';
import { virtualTime } from '../../support/virtual-time.js';

type Fate = 'passes' | 'lost' | 'doubled' | 'late';

interface Wires {
  readonly a: Link;
  readonly b: Link;
  readonly up$: BehaviorSubject<boolean>;
  /** What has arrived, as texts. */
  readonly heard: { readonly a: string[]; readonly b: string[] };
  readonly lost: { a?: unknown; b?: unknown };
}

/** @param fate of each packet in turn; all packets after the last fate arrive */
function wires(fates: readonly Fate[], { maxPacket = 40, silentAfter = 6_000 } = {}): Wires {
  const up$ = new BehaviorSubject(true);
  const heard = { a: [] as string[], b: [] as string[] };
  const lost: Wires['lost'] = {};
  let packets = 0;
  const carry = (to: () => Link) => (packet: Uint8Array): void => {
    if (packet.length > maxPacket) expect.fail(`a packet of ${packet.length}`);
    const fate = up$.value ? (fates[packets] ?? 'passes') : 'lost';
    packets += 1;
    const delays = { passes: [1], lost: [], doubled: [1, 7], late: [90] }[fate];
    for (const delay of delays) timer(delay).subscribe(() => to().receive(packet));
  };
  const link = (to: () => Link): Link => new Link({ publish: carry(to), up$, maxPacket, silentAfter, scheduler: steadyScheduler });
  const a: Link = link(() => b);
  const b: Link = link(() => a);
  for (const [name, one] of [['a', a], ['b', b]] as const) {
    one.payloads$.subscribe({ next: (payload) => heard[name].push(Buffer.from(payload).toString()), error: (error: unknown) => (lost[name] = error) });
  }
  return { a, b, up$, heard, lost };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fates = fc.array(fc.constantFrom<Fate>('passes', 'lost', 'doubled', 'late'), { maxLength: 60 });
const texts = fc.array(fc.string({ maxLength: 120 }), { maxLength: 20 });

describe('a link', () => {
  it('brings all that is sent, whole, in order and once, whatever becomes of packets', () => {
    fc.assert(
      fc.property(fates, texts, texts, fc.nat(40), (each, fromA, fromB, every) => {
        virtualTime(({ flush }) => {
          const { a, b, heard, lost } = wires(each);
          fromA.forEach((text, i) => timer(i * every).subscribe(() => a.send(bytes(text))));
          fromB.forEach((text, i) => timer(i * every).subscribe(() => b.send(bytes(text))));
          timer(5_900 + 60 * 1_000).subscribe(() => {
            if (lost.a === undefined && lost.b === undefined) expect(heard).toEqual({ a: fromB, b: fromA });
            // The link is lost only if packets were lost for six heartbeats.
            else expect(each.filter((fate) => fate === 'lost').length).toBeGreaterThan(5);
            a.lose(new Error('the test is over'));
            b.lose(new Error('the test is over'));
          });
          flush();
        });
      }),
      { numRuns: 60 },
    );
  });

  it('outlives a server that is away for longer than silence is borne, and brings what was said meanwhile', () => {
    virtualTime(({ flush }) => {
      const { a, b, up$, heard, lost } = wires([]);
      a.send(bytes('before'));
      timer(100).subscribe(() => up$.next(false));
      timer(5_000).subscribe(() => a.send(bytes('meanwhile')));
      timer(20_000).subscribe(() => up$.next(true));
      timer(21_000).subscribe(() => {
        expect([heard.b, lost]).toEqual([['before', 'meanwhile'], {}]);
        a.end('over');
      });
      timer(21_100).subscribe(() => {
        expect(lost.b).toBeInstanceOf(EngineLostError);
        expect((lost.b as EngineLostError).reason).toBe('over');
        b.lose(new Error('over'));
      });
      flush();
    });
  });

  it('is lost when the other side is silent, and not before', () => {
    virtualTime(({ flush }) => {
      const { a, b, lost } = wires([]);
      timer(10_000).subscribe(() => b.lose(new Error('killed')));
      let at = 0;
      a.payloads$.subscribe({ error: () => (at = asyncScheduler.now()) });
      timer(30_000).subscribe(() => {
        expect(lost.a).toBeInstanceOf(EngineLostError);
        expect(at).toBeGreaterThanOrEqual(15_000);
        expect(at).toBeLessThanOrEqual(17_000);
      });
      flush();
    });
  });

  it('is lost, and keeps no more, when the other side takes nothing', () => {
    virtualTime(() => {
      const { a, b, lost } = wires(Array.from({ length: 200 }, () => 'lost' as const), { maxPacket: 1_048_576 });
      for (let i = 0; i < 70; i += 1) a.send(new Uint8Array(1_000_000));
      expect(lost.a).toBeInstanceOf(EngineLostError);
      b.lose(new Error('over'));
    });
  });

  it('is lost with the connection', () => {
    virtualTime(() => {
      const { a, b, up$, lost } = wires([]);
      up$.error(new EngineLostError('closed'));
      expect([lost.a, lost.b].every((error) => error instanceof EngineLostError)).toBe(true);
      a.send(bytes('nobody hears it'));
      b.end('again');
    });
  });
});

it('packets come out as they went in, and what is none is none', () => {
  const packet = fc.record({ kind: fc.constantFrom('data', 'piece', 'beat', 'missing', 'end'), number: fc.nat(2 ** 31), acknowledged: fc.nat(2 ** 31), body: fc.uint8Array({ maxLength: 30 }) }); // prettier-ignore
  fc.assert(fc.property(packet, (one) => void expect(decodePacket(encodePacket(one as never))).toEqual(one)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (noise) => {
      const read = decodePacket(noise);
      expect(read === undefined || (noise.length >= 9 && noise[0]! >= 1 && noise[0]! <= 5)).toBe(true);
    }),
  );
});
