/** A bot has only one stay in a guild at a time. */
import fc from 'fast-check';
import { catchError, concat, defer, EMPTY, NEVER, Observable, of, repeat, retry, Subject, switchMap, take, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AlreadyJoinedError, gatewayPort, type GatewayPayload, type GatewayPort } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { occupying } from '../../../src/gateway/occupancy.js';
import { gatewayPortOf } from '../../../src/gateway/port.js';
import { virtualTime } from '../../support/virtual-time.js';

const PLACE = { guildId: '10', userId: '30' };
const REFUSED = new AlreadyJoinedError('10', '30');
const newPort = (): GatewayPort => gatewayPort(new Subject<GatewayPayload>(), () => undefined);

describe('occupying', () => {
  it('is the stay as it is: never, empty, one, error, endless, and one that is unsubscribed early', () => {
    for (const [marbles, unsubscription] of [['-'], ['|'], ['-a-|'], ['-a-#'], ['a-b-c-'], ['a-b-c-', '^--!']] as const)
      virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const stay$ = cold(marbles);
        const end = /[|#!]/.exec(unsubscription ?? marbles)?.index;
        expectObservable(stay$.pipe(occupying(newPort(), PLACE)), unsubscription).toBe(unsubscription ? marbles.slice(0, end) : marbles);
        expectSubscriptions(stay$.subscriptions).toBe(end === 0 ? '(^!)' : `^${end === undefined ? '' : `${'-'.repeat(end - 1)}!`}`);
      });
  });

  // A     ^------!
  // B        ^#
  // C            ^---
  it('refuses a second one at once, does not subscribe to it, and leaves the first alone', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const port = newPort();
      const stay$ = cold('a-b-c-d-e');
      const guarded$ = stay$.pipe(occupying(port, PLACE));
      expectObservable(guarded$, '^------!').toBe('a-b-c-d');
      expectObservable(guarded$, '---^').toBe('---#', undefined, REFUSED);
      expectObservable(guarded$, '-------^-!').toBe('-------a-');
      expectSubscriptions(stay$.subscriptions).toBe(['^------!', '-------^-!']);
    });
  });

  it.each<[string, (port: GatewayPort) => [GatewayPort, typeof PLACE]]>([
    ['another guild', (port) => [port, { ...PLACE, guildId: '11' }]],
    ['another bot on the same events', (port) => [gatewayPort(port, () => undefined), { ...PLACE, userId: '31' }]],
    ['another gateway', () => [newPort(), PLACE]],
  ])('is none of the business of %s', (_, other) => {
    const port = newPort();
    const first = NEVER.pipe(occupying(port, PLACE)).subscribe();
    const seen: unknown[] = [];
    of('in').pipe(occupying(...other(port))).subscribe((value) => seen.push(value));
    expect(seen).toEqual(['in']);
    first.unsubscribe();
  });

  it.each<[string, (port: GatewayPort) => GatewayPort]>([
    ['the same port', (port) => port],
    ['a port that is made of it', (port) => gatewayPort(port, () => undefined)],
  ])('holds for %s', (_, other) => {
    const port = newPort();
    const errors: unknown[] = [];
    const first = NEVER.pipe(occupying(port, PLACE)).subscribe();
    of(1).pipe(occupying(other(port), PLACE)).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([REFUSED]);
    first.unsubscribe();
  });

  it('holds for ports that are made anew of the same events, or of the same client', () => {
    const events$ = new Subject<GatewayPayload>();
    const client = {};
    for (const make of [() => gatewayPort(events$, () => undefined), () => gatewayPortOf(client, new Subject(), () => undefined)]) {
      const errors: unknown[] = [];
      const first = NEVER.pipe(occupying(make(), PLACE)).subscribe();
      of(1).pipe(occupying(make(), PLACE)).subscribe({ error: (error: unknown) => errors.push(error) });
      first.unsubscribe();
      of(1).pipe(occupying(make(), PLACE)).subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toEqual([REFUSED]);
    }
  });

  /** A stay that records when it begins and when it is released. */
  function noted(lines: string[], end$: Observable<never>): Observable<string> {
    return new Observable((subscriber) => {
      lines.push('+');
      subscriber.add(() => lines.push('-'));
      subscriber.next('in');
      subscriber.add(end$.subscribe(subscriber));
    });
  }

  it.each<[string, Observable<never>]>([
    ['an error', throwError(() => 'lost')],
    ['a completion', EMPTY],
    ['a later error', timer(0).pipe(switchMap(() => throwError(() => 'lost')))],
    ['a later completion', timer(0).pipe(switchMap(() => EMPTY))],
  ])('%s is told when all is released: who comes again upon it is let in', (_, end$) => {
    virtualTime(({ flush }) => {
      const port = newPort();
      const lines: string[] = [];
      const again = (): void => {
        lines.push('told');
        noted(lines, NEVER).pipe(occupying(port, PLACE), take(1)).subscribe({ error: (error: unknown) => lines.push(String(error)) });
      };
      noted(lines, end$).pipe(occupying(port, PLACE)).subscribe({ error: again, complete: again });
      flush();
      expect(lines).toEqual(['+', '-', 'told', '+', '-']);
    });
  });

  it.each<[string, (stay$: Observable<string>) => Observable<unknown>]>([
    ['switchMap', (stay$) => of(1, 2, 3).pipe(switchMap(() => stay$))],
    ['concat', (stay$) => concat(stay$.pipe(take(1)), stay$.pipe(take(1)), stay$.pipe(take(1)))],
    ['repeat', (stay$) => stay$.pipe(take(1), repeat(3))],
    ['retry', (stay$) => { let left = 3; return defer(() => stay$.pipe(switchMap(() => (--left > 0 ? throwError(() => 'lost') : of(left))))).pipe(retry(5), take(1)); }],
    ['catchError', (stay$) => stay$.pipe(switchMap(() => throwError(() => 'lost')), catchError(() => stay$), take(1))],
  ])('leaving and joining again works in %s', (_, again) => {
    const lines: string[] = [];
    const errors: unknown[] = [];
    again(noted(lines, NEVER).pipe(occupying(newPort(), PLACE))).subscribe({ error: (error: unknown) => errors.push(error) }).unsubscribe();
    expect(errors).toEqual([]);
    expect(lines.join('')).toMatch(/^(\+-){2,3}$/);
  }); // prettier-ignore

  it('never lets two in at once, and always one, in whichever order they come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.constantFrom('come', 'go')), { maxLength: 40 }), (steps) => {
        const sent: (string | null)[] = [];
        const port = gatewayPort(new Subject<GatewayPayload>(), ({ d }) => sent.push(d.channel_id));
        const users = [0, 1, 2, 3].map(() => ({ joined: undefined as ReturnType<Observable<unknown>['subscribe']> | undefined, refused: false }));
        let inside: number | undefined;
        for (const [who, step] of steps) {
          const user = users[who]!;
          if (step === 'go') {
            user.joined?.unsubscribe();
            user.joined = undefined;
            if (inside === who) inside = undefined;
          } else if (user.joined === undefined) {
            user.refused = false;
            user.joined = signalling$(port, { ...PLACE, channelId: '20' }).subscribe({ error: () => (user.refused = true) });
            expect(user.refused).toBe(inside !== undefined);
            if (inside === undefined) inside = who;
            else user.joined = undefined;
          }
          // Op 4 alternates between join and leave, and agrees with who is inside.
          expect(sent.map((channel) => channel !== null)).toEqual(sent.map((_, i) => i % 2 === 0));
          expect(sent.length % 2).toBe(inside === undefined ? 0 : 1);
        }
        for (const { joined } of users) joined?.unsubscribe();
      }),
    );
  });
});
