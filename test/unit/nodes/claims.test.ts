/** Who may run a session: never two at once, whatever is cut off and when; with buckets like the server's, and a clock that the test moves. */
import fc from 'fast-check';
import { asyncScheduler, defer, firstValueFrom, map, of, Subject, Subscription, timer, type Observable, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlreadyJoinedError } from '../../../src/errors.js';
import { Claims } from '../../../src/nodes/registry/claims.js';
import { untilNextLook } from '../../../src/nodes/registry/looks.js';
import { owned } from '../../../src/nodes/owned.js';
import { Turns } from '../../../src/nodes/turns.js';
import { Lease } from '../../../src/nodes/registry/lease.js';
import { fromRecord, type Bucket, type Buckets, type NodeRecord } from '../../../src/nodes/registry/buckets.js';
import { reach, Store, type Network } from '../../support/bucket-store.js';

const LEASE_MS = 2_000;
const RECORD = { sessions: 0, capacity: 1, draining: false };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The clock of a machine that may be suspended: it and its timers stand still meanwhile, and only the meter notices. */
class MachineClock implements SchedulerLike {
  /** ms of suspension so far, up to the last wake-up. */
  slept = 0;
  #since: number | undefined;

  now(): number {
    return (this.#since ?? Date.now()) - this.slept;
  }

  get asleep(): boolean {
    return this.#since !== undefined;
  }

  suspend(): void {
    this.#since ??= Date.now();
  }

  wake(): void {
    if (this.#since === undefined) return;
    this.slept += Date.now() - this.#since;
    this.#since = undefined;
  }

  readonly schedule = (<T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T): Subscription => {
    const due = this.now() + delay;
    const clock = this;
    return asyncScheduler.schedule<T>(function again(args) {
      if (clock.asleep || clock.now() < due) this.schedule(args, clock.asleep ? 50 : due - clock.now());
      else work.call(this, args as T);
    }, delay, state!);
  }) as SchedulerLike['schedule'];
}

class TestNode {
  readonly network: Network = { state: 'up' };
  readonly clock = new MachineClock();
  readonly lease: Lease;
  fencing: number | undefined;
  error: unknown;
  readonly #claims: Claims;
  #claim = Subscription.EMPTY;

  constructor(name: string, nodes: Store, sessions: Store) {
    const buckets: Buckets = { nodes: reach(nodes, this.network), sessions: reach(sessions, this.network), lease: LEASE_MS };
    this.lease = new Lease(buckets.nodes, name, LEASE_MS, () => RECORD, this.clock, () => this.clock.slept);
    this.#claims = new Claims(buckets, name, this.clock);
    this.lease.lost$.subscribe(() => this.release());
  }

  /** @param expected whether the previous owner is about to release it */
  claim(expected = false): void {
    if (!this.#claim.closed || this.clock.asleep || !this.lease.valid()) return;
    this.#claim = this.#claims.claim$('1', '2', undefined, expected).subscribe({ next: (fencing) => (this.fencing = fencing), error: (error: unknown) => (this.error = error) });
  }

  release(): void {
    this.#claim.unsubscribe();
    this.fencing = undefined;
  }

  /** Whether it would send now. */
  get sends(): boolean {
    return this.fencing !== undefined && !this.clock.asleep && this.lease.valid();
  }
}

async function fleet(count: number): Promise<TestNode[]> {
  const [nodes, sessions] = [new Store(LEASE_MS), new Store()];
  const all = Array.from({ length: count }, (_, i) => new TestNode(`node-${i}`, nodes, sessions));
  await Promise.all(all.map((node) => node.lease.take()));
  return all;
}

/** Moves the clock, and checks at each step that there is at most one owner, and that fencing numbers only grow. */
async function pass(nodes: readonly TestNode[], ms: number, latest: { fencing: number }): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    await vi.advanceTimersByTimeAsync(50);
    const owners = nodes.filter(({ sends }) => sends);
    if (owners.length > 1) expect.fail(`${owners.length} owners`);
    const [owner] = owners;
    if (owner === undefined) continue;
    if (!(owner.fencing! >= latest.fencing)) expect.fail(`number ${owner.fencing} after ${latest.fencing}`);
    latest.fencing = owner.fencing!;
  }
}

describe('the ownership of a session', () => {
  const step = fc.record({ node: fc.nat(2), what: fc.constantFrom('claim', 'release', 'cut', 'deaf', 'up', 'suspend', 'wake'), ms: fc.integer({ min: 0, max: 3_000 }) });

  it('is never of two nodes at once, whoever claims, lets go, is cut off, is not answered, or sleeps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const nodes = await fleet(3);
        const latest = { fencing: 0 };
        for (const { node, what, ms } of steps) {
          const one = nodes[node]!;
          if (what === 'claim' || what === 'release') one[what]();
          else if (what === 'suspend' || what === 'wake') one.clock[what]();
          else one.network.state = what;
          await pass(nodes, ms, latest);
        }
        for (const node of nodes) node.release();
        vi.clearAllTimers();
      }),
      { numRuns: 40 },
    );
  });

  it('goes to who expects it as soon as it is given back, also by a node that does not end', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    a.claim();
    await vi.advanceTimersByTimeAsync(0);
    b.claim(true);
    await vi.advanceTimersByTimeAsync(170);
    expect(b.fencing).toBeUndefined();
    a.release();
    await vi.advanceTimersByTimeAsync(20);
    expect(b.sends).toBe(true);
  });

  it('goes to who waits for it, within a moment of its being given back', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    a.claim();
    await pass([a, b], 100, { fencing: 0 });
    b.claim();
    await pass([a, b], 1_000, { fencing: 0 });
    expect([a.sends, b.sends]).toEqual([true, false]);
    a.release();
    await pass([a, b], 350, { fencing: 0 });
    expect([a.sends, b.sends]).toEqual([false, true]);
  });

  it('goes to who waits for it when the lease of a node that was cut off has run out, and it has stopped by itself before', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    a.claim();
    await pass([a, b], 100, { fencing: 0 });
    a.network.state = 'cut';
    b.claim();
    await pass([a, b], LEASE_MS + 350, { fencing: 0 });
    expect([a.sends, b.sends, a.lease.valid()]).toEqual([false, true, false]);
  });

  it('goes to who waits for it when the machine of its node sleeps, which sends nothing when it wakes up, and loses what it had at once', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    const lost: unknown[] = [];
    a.lease.lost$.subscribe((error) => lost.push(error));
    a.claim();
    await pass([a, b], 100, { fencing: 0 });
    a.clock.suspend();
    b.claim();
    await pass([a, b], LEASE_MS + 1_000, { fencing: 0 });
    expect([a.sends, b.sends]).toEqual([false, true]);
    // It cannot reach NATS, which would tell it.
    a.network.state = 'cut';
    a.clock.wake();
    expect([a.lease.valid(), a.sends, lost.length]).toEqual([false, false, 0]);
    await pass([a, b], 50, { fencing: 0 });
    expect([lost.length, b.sends]).toEqual([1, true]);
  });

  it('stays where it is when its machine has slept for less than what is left of the lease', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    a.claim();
    await pass([a, b], 100, { fencing: 0 });
    a.clock.suspend();
    await pass([a, b], LEASE_MS / 2, { fencing: 0 });
    a.clock.wake();
    await pass([a, b], LEASE_MS * 2, { fencing: 0 });
    expect(a.sends).toBe(true);
  });

  it('is refused where another goes on with it, by an error that says so', async () => {
    const [a, b] = (await fleet(2)) as [TestNode, TestNode];
    a.claim();
    await pass([a, b], 100, { fencing: 0 });
    b.claim();
    await pass([a, b], LEASE_MS + 6_000, { fencing: 0 });
    expect(b.error).toBeInstanceOf(AlreadyJoinedError);
    expect(a.sends).toBe(true);
  });

  it.each(['lets go of it', 'is refused'])('is given back where the answer to who has taken it was lost, and he %s', async (how) => {
    const [nodes, sessions, network] = [new Store(LEASE_MS), new Store(), { state: 'up' } as Network];
    const [bucket, deaf] = [reach(sessions, network), reach(sessions, { state: 'deaf' })];
    const claims = new Claims({ nodes: reach(nodes, network), sessions: { ...bucket, create: deaf.create }, lease: LEASE_MS }, 'a', asyncScheduler);
    let refused: unknown;
    const claim = claims.claim$('1', '2').subscribe({ error: (error: unknown) => (refused = error) });
    await vi.advanceTimersByTimeAsync(0);
    network.state = 'cut';
    if (how === 'lets go of it') claim.unsubscribe();
    await vi.advanceTimersByTimeAsync(LEASE_MS + 7_000);
    expect([sessions.keys, refused]).toEqual([['1.2'], how === 'is refused' ? expect.any(AlreadyJoinedError) : undefined]);
    network.state = 'up';
    await vi.advanceTimersByTimeAsync(1_000);
    expect([sessions.keys, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('is not taken twice by one node that is asked for it twice at once', async () => {
    const [nodes, sessions] = [new Store(LEASE_MS), new Store()];
    const bucket = reach(sessions, { state: 'up' });
    // Each answer is delayed.
    const far = <A extends unknown[], R>(ask: (...args: A) => Promise<R>) => (...args: A): Promise<R> => ask(...args).then((answer) => firstValueFrom(timer(10).pipe(map(() => answer))));
    const slow: Bucket = { ...bucket, get: far(bucket.get), create: far(bucket.create), update: far(bucket.update), delete: far(bucket.delete) };
    const claims = new Claims({ nodes: reach(nodes, { state: 'up' }), sessions: slow, lease: LEASE_MS }, 'a', asyncScheduler);
    const owners = new Set<string>();
    const claim = (name: string): Subscription => claims.claim$('1', '2').subscribe(() => owners.add(name));
    const first = claim('first');
    await vi.advanceTimersByTimeAsync(11);
    claim('second');
    await vi.advanceTimersByTimeAsync(1_000);
    expect([...owners]).toEqual(['first']);
    first.unsubscribe();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([...owners]).toEqual(['first', 'second']);
  });

  it('is looked for rarely where its node is dead, and often where it is about to let go', () => {
    const looks = (soon: boolean, until: number): number => {
      let count = 0;
      for (let waited = 0; waited < until; waited += untilNextLook(waited, soon)) count += 1;
      return count;
    };
    expect([looks(true, 300), looks(false, 300)]).toEqual([15, 2]);
    expect(looks(false, 20_000)).toBeLessThan(26);
    for (let waited = 0; waited < 300; waited += 1) expect(untilNextLook(waited, true)).toBe(20);
  });
});

describe('a node that waits for the lease of a dead one', () => {
  it('lets others begin meanwhile: nobody holds a turn who owns nothing yet', () => {
    const turns = new Turns(1);
    const begun: string[] = [];
    const session = (name: string, claim$: Observable<unknown>): Subscription => owned(claim$, turns.take(defer(() => (begun.push(name), of(name))))).subscribe();
    const late$ = new Subject<number>();
    session('late', late$);
    session('new', of(1));
    late$.next(2);
    expect(begun).toEqual(['new', 'late']);
  });
});

describe('the renewals of a lease', () => {
  it('are known by the last two, while the server is there', async () => {
    const [node] = (await fleet(1)) as [TestNode];
    const period = LEASE_MS / 8;
    expect([node.lease.period, node.lease.renewals]).toEqual([period, undefined]);
    await vi.advanceTimersByTimeAsync(period);
    expect(node.lease.renewals).toEqual({ after: 1, before: 2 });
    await vi.advanceTimersByTimeAsync(period);
    expect(node.lease.renewals).toEqual({ after: 2, before: 3 });
    node.network.state = 'cut';
    await vi.advanceTimersByTimeAsync(LEASE_MS * 0.2 - 1);
    expect(node.lease.renewals).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(node.lease.renewals).toBeUndefined();
    node.network.state = 'up';
    await vi.advanceTimersByTimeAsync(period + 500);
    expect(node.lease.renewals).toBeDefined();
    await node.lease.end();
    expect(node.lease.renewals).toBeUndefined();
  });

  it('are not known where it was not heard which one was the last', async () => {
    const [node] = (await fleet(1)) as [TestNode];
    await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    node.network.state = 'deaf';
    await vi.advanceTimersByTimeAsync(LEASE_MS / 8);
    node.network.state = 'up';
    // The failed renewal is followed by a read and a renewal at the revision that was read; then two are known again.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(node.lease.renewals!.before).toBeGreaterThan(node.lease.renewals!.after);
    await node.lease.end();
  });

  it.each(['is under way', 'is not answered'])('leave no entry behind where the last one %s as it ends', async (how) => {
    const store = new Store(LEASE_MS);
    const { update } = reach(store, { state: how === 'is under way' ? 'up' : 'deaf' });
    // Applied at once, in the server's order; the answer is delayed.
    const slow: Bucket = { ...reach(store, { state: 'up' }), update: (...args) => update(...args).finally(() => firstValueFrom(timer(100))) };
    const lease = new Lease(slow, 'a', LEASE_MS, () => RECORD, asyncScheduler);
    await lease.take();
    lease.changed();
    await vi.advanceTimersByTimeAsync(50);
    await Promise.all([lease.end(), vi.advanceTimersByTimeAsync(100)]);
    expect(store.keys).toEqual([]);
  });

  it('leave no entry behind where the removal of it is not answered', async () => {
    const store = new Store(LEASE_MS);
    const bucket = reach(store, { state: 'up' });
    let asked = 0;
    const once: Bucket = { ...bucket, delete: (...args) => ((asked += 1) === 1 ? Promise.reject(new Error('timeout')) : bucket.delete(...args)) };
    const lease = new Lease(once, 'a', LEASE_MS, () => RECORD, asyncScheduler);
    await lease.take();
    await lease.end();
    expect([asked, store.keys]).toEqual([2, []]);
  });

  it('tell what has changed as one was under way', async () => {
    const store = new Store(LEASE_MS);
    let sessions = 0;
    const bucket = reach(store, { state: 'up' });
    const slow: Bucket = { ...bucket, update: (...args) => firstValueFrom(timer(100)).then(() => bucket.update(...args)) };
    const lease = new Lease(slow, 'a', LEASE_MS, () => ({ ...RECORD, sessions }), asyncScheduler);
    await lease.take();
    const told = (): unknown => fromRecord<NodeRecord>(store.get('a'))?.sessions;
    await vi.advanceTimersByTimeAsync(lease.period + 50);
    sessions = 7;
    lease.changed();
    await vi.advanceTimersByTimeAsync(60);
    expect(told()).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(told()).toBe(7);
    // And not more often than before from then on.
    const { renewals } = lease;
    await vi.advanceTimersByTimeAsync(lease.period);
    expect(lease.renewals).toEqual(renewals);
    await Promise.all([lease.end(), vi.advanceTimersByTimeAsync(100)]);
  });
});
