import { asyncScheduler, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { heartbeat$ } from '../../../../src/driver/connection/heartbeat.js';
import { VoiceSocketClosedError } from '../../../../src/errors.js';
import type { VoiceGatewayVersion } from '../../../../src/protocol/opcodes.js';
import { stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { fakeControl, type FakeControl } from '../fake-socket.js';

const PERIOD = 100;

/** Runs a heartbeat in virtual time for `ms`; `server` may answer. Returns what was sent and what was emitted, with times. */
function run(ms: number, server: (fake: FakeControl) => void, version: VoiceGatewayVersion = 8, period = PERIOD): { sent: unknown[]; told: unknown[] } {
  const sent: unknown[] = [];
  const told: unknown[] = [];
  virtualTime(({ flush }) => {
    const fake = fakeControl({ version });
    server(fake);
    const answer = fake.socket.onSend;
    fake.socket.onSend = (message) => {
      sent.push([asyncScheduler.now(), message.d]);
      answer(message);
    };
    const beating = heartbeat$(fake.control, period).subscribe({
      next: (rtt) => told.push([asyncScheduler.now(), rtt]),
      error: (error: unknown) => told.push([asyncScheduler.now(), error]),
      complete: () => told.push('complete'),
    });
    timer(ms).subscribe(() => beating.unsubscribe());
    flush();
  });
  return { sent, told };
}

/** A server that acknowledges each heartbeat after `rtt` ms. */
function acking(rtt: number, shape: (t: unknown) => unknown = (t) => ({ t })) {
  return (fake: FakeControl): void => {
    fake.socket.onSend = ({ d }) => {
      const t = typeof d === 'number' ? d : (d as { t: unknown }).t;
      timer(rtt).subscribe(() => fake.say(6, shape(t)));
    };
  };
}

describe('the beats', () => {
  it.each([1, 0.001, 49])('are not as many as a mistaken server asks for by an interval of %d ms', (period) => {
    expect(run(1_000, acking(10), 8, period).sent).toHaveLength(20);
  });

  it('come every period, the first after one, and are followed by their round trips', () => {
    const { sent, told } = run(350, acking(30));
    expect(sent).toEqual([100, 200, 300].map((t) => [t, { t, seq_ack: -1 }]));
    expect(told).toEqual([[130, 30], [230, 30], [330, 30]]);
  });

  it('acknowledge the last sequence number seen, 0 as well, and -1 before any', () => {
    const { sent } = run(350, (fake) => {
      acking(1)(fake);
      timer(150).subscribe(() => fake.say(5, {}, 0));
      timer(250).subscribe(() => fake.say(5, {}, 77));
    });
    expect(sent.map((beat) => (beat as [number, { seq_ack: number }])[1].seq_ack)).toEqual([-1, 0, 77]);
  });

  it.each([4, 5, 6, 7] as const)('are bare integers in version %i', (version) => {
    const { sent, told } = run(250, acking(10, (t) => t), version);
    expect(sent).toEqual([[100, 100], [200, 200]]);
    expect(told).toEqual([[110, 10], [210, 10]]);
  });

  it('follow the version that Hello has lowered', () => {
    const { sent } = run(150, (fake) => void (fake.control.version = 5));
    expect(sent).toEqual([[100, 100]]);
  });

  it('come at once when the server asks, with a t of their own', () => {
    const { sent, told } = run(180, (fake) => {
      acking(5)(fake);
      timer(100).subscribe(() => fake.say(3, null));
      timer(150).subscribe(() => fake.say(3, null));
    });
    const t = sent.map((beat) => (beat as [number, { t: number }])[1].t);
    expect(sent).toHaveLength(3);
    expect(new Set(t).size).toBe(3);
    expect([...t].sort((a, b) => a - b)).toEqual(t);
    expect(told).not.toHaveLength(0);
  });

  it('are no flood: a server that asks ten thousand times is answered once in 50 ms', () => {
    const { sent } = run(180, (fake) => {
      for (const ms of [10, 20, 59, 60, 110]) timer(ms).subscribe(() => {
        for (let i = 0; i < 10_000; i += 1) fake.say(3, null);
      }); // prettier-ignore
    });
    expect(sent.map((beat) => (beat as [number])[0])).toEqual([10, 60, 100, 110]);
  });

  it('stop, with the listening, when unsubscribed; none is sent before the first period', () => {
    virtualTime(({ expectObservable, flush }) => {
      const fake = fakeControl();
      expectObservable(heartbeat$(fake.control, PERIOD), '^ 50ms !').toBe('-');
      flush();
      expect(fake.socket.sent).toEqual([]);
      expect(fake.control.frames$.observed).toBe(false);
    });
  });
});

describe('the acknowledgements', () => {
  it.each<[string, (t: unknown) => unknown]>([
    ['digits', (t) => ({ t: String(t) })],
    ['bare digits', (t) => String(t)],
    ['a bare number', (t) => t],
  ])('may hold t as %s', (_, shape) => {
    expect(run(150, acking(7, shape)).told).toEqual([[107, 7]]);
  });

  it.each<[string, (t: unknown) => unknown]>([
    ['an unknown t', () => ({ t: 5 })],
    ['no t', () => ({})],
    ['null', () => null],
    ['text', () => ({ t: 'soon' })],
  ])('with %s are no answer', (_, shape) => {
    const { told } = run(1_000, acking(7, shape));
    expect(told).toEqual([[300, expect.any(VoiceSocketClosedError)]]);
  });

  it('count once: a repeated one says nothing new', () => {
    const { told } = run(150, (fake) => {
      acking(7)(fake);
      timer(120).subscribe(() => fake.say(6, { t: 100 }));
    });
    expect(told).toEqual([[107, 7]]);
  });
});

describe('a socket that does not answer', () => {
  it('is given up when a beat is due and the two before went unanswered', () => {
    const { sent, told } = run(1_000, () => undefined);
    expect(sent.map((beat) => (beat as number[])[0])).toEqual([100, 200]);
    expect(told).toEqual([[300, expect.objectContaining({ code: 'socket-closed', closeCode: 4_900, retryable: true })]]);
  });

  it('is not given up for one beat that is lost', () => {
    let beats = 0;
    const { told } = run(1_050, (fake) => {
      fake.socket.onSend = ({ d }) => {
        if (++beats % 2 === 0) timer(5).subscribe(() => fake.say(6, { t: (d as { t: number }).t }));
      };
    });
    expect(told).toEqual([205, 405, 605, 805, 1_005].map((at) => [at, 5]));
  });

  it('is not given up for a round trip of more than a period', () => {
    const { told } = run(2_000, acking(150));
    expect(told.every((entry) => (entry as [number, unknown])[1] === 150)).toBe(true);
    expect(told.length).toBeGreaterThan(5);
  });

  it('is forgiven its first miss when it answers what it asked for itself', () => {
    const { told } = run(650, (fake) => {
      let asked = false;
      fake.socket.onSend = ({ d }) => {
        if (asked) fake.say(6, { t: (d as { t: number }).t });
      };
      for (const ms of [150, 350, 550]) timer(ms).subscribe(() => {
        asked = true;
        fake.say(3, null);
        asked = false;
      }); // prettier-ignore
    });
    expect(told).toEqual([150, 350, 550].map((at) => [at, 0]));
  });
});

describe('a process that stands still', () => {
  /** Blocks from 150 to 750 ms and reads what arrived 2 ms later. `acked` maps a heartbeat to the time of its acknowledgement, or never. */
  const beats = (acked: (t: number) => number | undefined): { readonly sent: number[]; readonly told: unknown[] } => {
    const sent: number[] = [];
    const told: unknown[] = [];
    virtualTime(({ flush }) => {
      const fake = fakeControl({ version: 8 });
      fake.socket.onSend = ({ d }) => {
        const { t } = d as { t: number };
        sent.push(t);
        const at = acked(t);
        if (at !== undefined) timer(at - t).subscribe(() => fake.say(6, { t }));
      };
      const beating = heartbeat$(fake.control, PERIOD, { scheduler: stallingScheduler(150, 750) }).subscribe({
        next: (rtt) => told.push(rtt),
        error: (error: unknown) => told.push(error),
      });
      timer(1_100).subscribe(() => beating.unsubscribe());
      flush();
    });
    return { sent, told };
  };

  it('beats again when it has read what came, and goes on from there', () => {
    expect(beats((t) => (t === 100 ? 751 : t + 1))).toEqual({ sent: [100, 752, 852, 952, 1_052], told: [651, 1, 1, 1, 1] });
  });

  it('beats at once where nothing is missing', () => {
    expect(beats((t) => t + 1)).toEqual({ sent: [100, 750, 850, 950, 1_050], told: [1, 1, 1, 1, 1] });
  });

  it('still finds out that the socket is dead', () => {
    expect(beats(() => undefined)).toEqual({ sent: [100, 752], told: [expect.any(VoiceSocketClosedError)] });
  });

  it('is left while it reads', () => {
    const sent: unknown[] = [];
    virtualTime(({ flush }) => {
      const fake = fakeControl({ version: 8 });
      fake.socket.onSend = ({ d }) => sent.push(d);
      const beating = heartbeat$(fake.control, PERIOD, { scheduler: stallingScheduler(150, 750) }).subscribe();
      timer(751).subscribe(() => beating.unsubscribe());
      flush();
    });
    expect(sent).toHaveLength(1);
  });
});
