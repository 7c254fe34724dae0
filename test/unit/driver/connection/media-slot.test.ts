import { asyncScheduler, Observable, of, Subject, Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { MediaSlot } from '../../../../src/driver/connection/media-slot.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { fakeControl } from '../fake-socket.js';

describe('MediaSlot.connect', () => {
  it('hands on the frames of one WebSocket after the other, and knows the one that there is now', () => {
    const slot = new MediaSlot(asyncScheduler);
    const seen: unknown[] = [];
    slot.read({ frame: ({ op }) => seen.push(op) });
    const [first, second] = [fakeControl(), fakeControl()];
    slot.control?.send('{"op":0}');
    const connection = slot.connect(first.control);
    first.say(1, null);
    slot.control?.send('{"op":5}');
    connection.unsubscribe();
    first.say(2, null);
    slot.control?.send('{"op":6}');
    slot.connect(second.control);
    second.say(3, null);
    slot.control?.send('{"op":7}');
    expect(seen).toEqual([1, 3]);
    expect(first.socket.sent).toEqual([{ op: 5 }]);
    expect(second.socket.sent).toEqual([{ op: 7 }]);
  });

  it('does not lose the new WebSocket when the old one goes after it', () => {
    const slot = new MediaSlot(asyncScheduler);
    const [first, second] = [fakeControl(), fakeControl()];
    const old = slot.connect(first.control);
    slot.connect(second.control);
    old.unsubscribe();
    slot.control?.send('{"op":5}');
    expect(second.socket.sent).toEqual([{ op: 5 }]);
  });
});

describe('MediaSlot.read', () => {
  it('ends with the release, and gives nothing to who comes after it', () => {
    const slot = new MediaSlot(asyncScheduler);
    const seen: string[] = [];
    const { control, say } = fakeControl();
    slot.connect(control);
    slot.read({ frame: ({ op }) => seen.push(`first ${op}`) });
    say(1, null);
    slot.release();
    say(2, null);
    slot.read({ frame: ({ op }) => seen.push(`second ${op}`) });
    say(3, null);
    expect(seen).toEqual(['first 1']);
  });
});

describe('MediaSlot.hold', () => {
  it('keeps the resource when who waited for it goes, and lets go of it on release, once', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const slot = new MediaSlot(asyncScheduler);
      const resource = cold('--a--b--c');
      expectObservable(slot.hold(resource), '^---!').toBe('--a');
      cold('------x').subscribe(() => {
        slot.release();
        slot.release();
      });
      expectSubscriptions(resource.subscriptions).toBe('^-----!');
    });
  });

  it('acquires nothing before it is subscribed to', () => {
    let opened = 0;
    const slot = new MediaSlot(asyncScheduler);
    const held$ = slot.hold(new Observable(() => void (opened += 1)));
    expect(opened).toBe(0);
    held$.subscribe();
    expect(opened).toBe(1);
  });

  it('gives an error to who waits, and one that comes later to faults$', () => {
    virtualTime(({ cold, expectObservable }) => {
      const slot = new MediaSlot(asyncScheduler);
      expectObservable(slot.hold(cold('--#', {}, 'refused'))).toBe('--#', {}, 'refused');
      expectObservable(slot.hold(cold('-a------#', undefined, 'lost')), '^---!').toBe('-a');
      expectObservable(slot.faults$, '^ 20ms !').toBe('--------e', { e: 'lost' });
    });
  });

  it('remembers a fault that came while nobody listened, until the release', () => {
    const slot = new MediaSlot(asyncScheduler);
    const resource = new Subject<number>();
    slot.hold(resource).subscribe().unsubscribe();
    resource.error('lost');
    const told: unknown[] = [];
    slot.faults$.subscribe((error) => told.push(error)).unsubscribe();
    slot.release();
    slot.faults$.subscribe((error) => told.push(error));
    expect(told).toEqual(['lost']);
  });

  it('tells nothing of what it has released', () => {
    const slot = new MediaSlot(asyncScheduler);
    const resource = new Subject<number>();
    const told: unknown[] = [];
    slot.faults$.subscribe((error) => told.push(error));
    slot.hold(resource).subscribe({ next: (n) => told.push(n), error: (e: unknown) => told.push(e) });
    slot.release();
    resource.next(1);
    resource.error('late');
    expect(told).toEqual([]);
  });

  it('acquires nothing after the release, nor for who is gone by then', () => {
    let opened = 0;
    const resource$ = new Observable<never>(() => void (opened += 1));
    const slot = new MediaSlot(asyncScheduler);
    new Observable<never>((subscriber) => {
      subscriber.unsubscribe();
      slot.hold(resource$).subscribe(subscriber);
    }).subscribe();
    slot.release();
    slot.hold(resource$).subscribe();
    expect(opened).toBe(0);
    const late = new Subscription();
    slot.keep(late);
    expect(late.closed).toBe(true);
  });

  it('sets no timer after the release', () => {
    virtualTime(({ flush }) => {
      const slot = new MediaSlot(asyncScheduler);
      slot.release();
      let acted = false;
      slot.after(10, () => (acted = true));
      flush();
      expect(acted).toBe(false);
    });
  });

  it('lets go of a resource whose very emission has the slot released', () => {
    const slot = new MediaSlot(asyncScheduler);
    let closed = 0;
    const resource = new Observable<string>((subscriber) => {
      subscriber.next('open');
      return () => void (closed += 1);
    });
    slot.hold(resource).subscribe(() => slot.release());
    expect(closed).toBe(1);
  });
});

describe('MediaSlot.own', () => {
  it('makes what lives until the release, and whose error is lost to the slot', () => {
    const slot = new MediaSlot(asyncScheduler);
    const [kept, failing] = [new Subject<never>(), new Subject<never>()];
    const told: unknown[] = [];
    slot.faults$.subscribe((error) => told.push(error));
    expect(slot.own((life) => (kept.subscribe(life), 'made'))).toBe('made');
    slot.own((life) => failing.subscribe(life));
    failing.error('lost');
    expect([told, kept.observed]).toEqual([['lost'], true]);
    slot.release();
    expect(kept.observed).toBe(false);
  });

  it('makes nothing after the release', () => {
    const slot = new MediaSlot(asyncScheduler);
    slot.release();
    expect(slot.own(() => 'made')).toBeUndefined();
  });
});

describe('MediaSlot.keep', () => {
  it('ends with the release', () => {
    const slot = new MediaSlot(asyncScheduler);
    const subscription = of(1).subscribe();
    const living = new Subject<number>();
    slot.keep(subscription);
    slot.keep(living.subscribe());
    slot.release();
    expect(living.observed).toBe(false);
  });
});
