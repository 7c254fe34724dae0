/** How many sessions a core holds: the search decides correctly, and a short run hears only its sample. */
import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkPinning } from './cores.mjs';
import { measureDrops } from './drops.mjs';
import { decide, holds, LATE_MS, sampleOf, SENT, type Bounds } from './search.mjs';
import { dropped, droppedHere } from './ports.mjs';
import { median, Seconds } from './seconds.mjs';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../run.mjs', import.meta.url));
const LINUX = process.platform === 'linux';

interface Trial {
  readonly n: number;
  readonly held: boolean;
}

/** Searches with made-up measurements. */
function search(measure: (n: number, nth: number) => boolean, bounds: Partial<Bounds>) {
  const trials: Trial[] = [];
  for (;;) {
    const decision = decide(trials, bounds);
    if (!('next' in decision)) return { ...decision, trials };
    if (trials.length > 100) throw new Error('the search has no end');
    const { next: n } = decision;
    trials.push({ n, held: measure(n, trials.filter((trial) => trial.n === n).length) });
  }
}

const MOST = 20_000;
const numbers = fc.integer({ min: 1, max: MOST });

describe('the search', () => {
  it('finds the greatest number that is held, to within a step, wherever it begins', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(1.05, 1.1, 1.5), fc.constantFrom(1, 2, 3), (most, from, step, tries) => {
        const { held, failed, trials } = search((n) => n <= most, { from, step, tries });
        expect(held).toBeLessThanOrEqual(most);
        expect(failed).toBeGreaterThan(most);
        if (most === MOST) expect([held, failed]).toEqual([MOST, Infinity]);
        else expect(failed <= held * step || failed === held + 1).toBe(true);
        // Each number is tried as often as it must hold or fail.
        for (const n of new Set(trials.map((trial) => trial.n))) expect(trials.filter((trial) => trial.n === n)).toHaveLength(tries);
      }),
    );
  });

  it('is not misled by what is chance, as long as it does not repeat itself', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.nat(2), fc.func(fc.boolean()), (most, from, when, chance) => {
        const whole = search((n) => n <= most, { from, tries: 1 });
        const shaken = search((n, nth) => (n <= most) !== (nth === when && chance(n)), { from, tries: 2 });
        expect([shaken.held, shaken.failed]).toEqual([whole.held, whole.failed]);
        for (const n of new Set(shaken.trials.map((trial) => trial.n))) expect(shaken.trials.filter((trial) => trial.n === n).length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('does not try what is known to fail', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 5_000 }), (most, from, beyond) => {
        const to = most + beyond;
        const { held, trials } = search((n) => n <= most, { from, to, tries: 1 });
        for (const { n } of trials) expect(n).toBeLessThan(to);
        expect(held).toBeLessThanOrEqual(most);
        expect(held).toBeGreaterThan(0);
      }),
    );
  });

  it('says so where not even one session is held', () => {
    expect(search(() => false, { from: 37, tries: 2 })).toMatchObject({ held: 0, failed: 1 });
  });

  it('takes a number that has held for held, whatever failed below it', () => {
    const trials = [{ n: 100, held: false }, { n: 100, held: false }, { n: 200, held: true }]; // prettier-ignore
    expect(decide(trials, { tries: 2 })).toEqual({ next: 50 });
    expect(decide([...trials, { n: 200, held: true }], { tries: 2 })).toEqual({ next: 400 });
  });
});

describe('what is held', () => {
  const good = { late99: LATE_MS / 2, sampled: 1, sunk: 1, dropped: 0 };
  it('is in time, whole, and connected', () => {
    expect(holds(good)).toBe(true);
    expect(holds({ ...good, sunk: NaN })).toBe(true);
    for (const bad of [{ late99: LATE_MS }, { late99: NaN }, { sampled: SENT - 0.001 }, { sampled: NaN }, { sunk: SENT - 0.001 }, { dropped: 1 }])
      expect(holds({ ...good, ...bad }), JSON.stringify(bad)).toBe(false);
  });

  it('never begins to hold as it gets worse', () => {
    const part = fc.double({ min: 0, max: 1.1, noNaN: true });
    const seen = fc.record({ late99: fc.double({ min: 0, max: 60, noNaN: true }), sampled: part, sunk: part, dropped: fc.nat(2) });
    fc.assert(
      fc.property(seen, seen, (one, by) => {
        const worse = { late99: one.late99 + by.late99, sampled: one.sampled * Math.min(1, by.sampled), sunk: one.sunk * Math.min(1, by.sunk), dropped: one.dropped + by.dropped };
        if (holds(worse)) expect(holds(one)).toBe(true);
      }),
    );
  });
});

describe('the sample', () => {
  it('is as large as wanted, spread over all sessions, and over two threads that take them in turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 64 }), (count, wanted) => {
        const sample = [...sampleOf(count, wanted)].sort((a, b) => a - b);
        expect(sample).toHaveLength(Math.min(count, wanted));
        for (const index of sample) expect(index >= 0 && index < count).toBe(true);
        if (count < 4 * wanted) return;
        const odd = sample.filter((index) => index % 2 === 1).length;
        expect(odd).toBe(Math.floor(wanted / 2));
        for (let i = 1; i < sample.length; i += 1) expect(sample[i]! - sample[i - 1]!).toBeLessThanOrEqual(count / wanted + 3);
      }),
    );
  });
});

describe('the seconds', () => {
  const START = 1_000_000;
  /** A stream that sends each frame so many ms late; null: the frame is not sent, and the stream continues after the gap. */
  const heard = (seconds: Seconds, ssrc: number, late: readonly (number | null)[], first = 0xffff_ff00) =>
    late.forEach((ms, frame) => {
      if (ms !== null) seconds.add({ ssrc, timestamp: (first + frame * 960) >>> 0, arrival: START + 5 + frame * 20 + ms });
    });

  it('are each as late as their latest frames, against the earliest of the stream in all of them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 99, maxLength: 99 }), (later) => {
        const seconds = new Seconds(START);
        const late = [0, ...later];
        heard(seconds, 7, late);
        const greatest = (from: number) => ({ late99: Math.max(...late.slice(from, from + 50)), sent: 1 });
        expect(seconds.report(START + 2_900, 1)).toEqual([greatest(0), greatest(50)]);
      }),
    );
  });

  it('are late all along where a stream has fallen behind and stays there', () => {
    const seconds = new Seconds(START);
    heard(seconds, 7, [...new Array<number>(50).fill(0), ...new Array<number>(49).fill(19)]);
    expect(seconds.report(START + 2_000, 1)).toEqual([{ late99: 0, sent: 1 }, { late99: 19, sent: 1 }]); // prettier-ignore
  });

  it('have sent all but what their time stamps jump over, and nothing where a stream is missing', () => {
    const seconds = new Seconds(START);
    const whole = new Array<number>(100).fill(0);
    heard(seconds, 7, whole);
    heard(seconds, 8, whole.map((ms, frame) => (frame >= 10 && frame < 20 ? null : ms))); // prettier-ignore
    expect(seconds.report(START + 2_000, 2)).toEqual([{ late99: 0, sent: 0.9 }, { late99: 0, sent: 1 }]); // prettier-ignore
    expect(seconds.report(START + 2_000, 3).map(({ sent }) => sent)).toEqual([0, 0]);
  });

  it('that have heard nothing hold nothing', () => {
    const [second] = new Seconds(START).report(START + 1_000, 1);
    expect(second).toEqual({ late99: NaN, sent: 0 });
    expect(median([])).toBeNaN();
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 3]);
  });
});

describe.concurrent('npm run bench:workers -- --hold', () => {
  it('says where it cannot run', () => {
    for (const platform of ['darwin', 'win32']) expect(() => checkPinning(platform)).toThrow(/needs Linux/);
  });

  it('hears one of two sessions, and the other goes to a sink that stands still', { timeout: 120_000 }, async () => {
    const running = run(process.execPath, [SCRIPT, '--hold', '--only', 'two-threads', '--n', '2', '--sample', '1', '--seconds', '2', '--json']);
    if (!LINUX) return expect(running).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('needs Linux') });
    // The trial itself checks whether the sink has run, and fails if so.
    const [{ trials }] = JSON.parse((await running).stdout) as [{ trials: Readonly<Record<string, number>>[] }];
    expect(trials).toHaveLength(1);
    const [trial] = trials;
    expect(trial).toMatchObject({ n: 2, dropped: 0 });
    for (const figure of ['sampled', 'sunk', 'late99', 'usPerFrame', 'share']) expect(trial![figure], figure).toBeGreaterThan(0);
    expect(trial!['loops']).toHaveLength(3);
  });

  it('loses to a sink what is sent there, and nobody waits or fails', { timeout: 120_000 }, async () => {
    if (!LINUX) return expect(() => checkPinning()).toThrow(/needs Linux/);
    const { sink, reader, dropped } = await measureDrops(2_000);
    expect([sink.failed, reader.failed]).toEqual([0, 0]);
    expect(sink.cpu).toBeGreaterThan(0);
    expect(dropped).toBeGreaterThanOrEqual(2_000);
  });

  it('counts what the kernel drops at the sockets of this process, and at no others', async () => {
    if (!LINUX) return expect(() => checkPinning()).toThrow(/needs Linux/);
    // Some systems give every socket room for ten thousand datagrams.
    const [reader, sender] = [createSocket({ type: 'udp4', recvBufferSize: 4_096 }), createSocket('udp4')];
    reader.bind(0, '127.0.0.1');
    await once(reader, 'listening');
    const { port } = reader.address();
    sender.connect(port, '127.0.0.1');
    await once(sender, 'connect');
    const before = droppedHere();
    // Same process: nothing is read while this is sent.
    for (let i = 0; i < 20_000; i += 1) sender.send('datagram');
    const count = dropped([port]);
    expect(count).toBeGreaterThan(10_000);
    expect(droppedHere() - before).toBe(count);
    reader.close();
    sender.close();
  });

  it('says what it takes when it is given something else', async () => {
    const all = [['--n', '0'], ['--only', 'three-threads'], ['--step', '1'], ['--fast']];
    const ended = await Promise.allSettled(all.map((args) => run(process.execPath, [SCRIPT, '--hold', ...args])));
    const reason = { code: 1, stderr: expect.stringContaining('usage: npm run bench:workers -- --hold') };
    expect(ended).toMatchObject(all.map(() => ({ status: 'rejected', reason })));
  });
});
