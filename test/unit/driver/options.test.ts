import { asyncScheduler, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMEOUTS } from '../../../src/driver/deadlines.js';
import { resolveOptions } from '../../../src/driver/resolve-options.js';
import type { DaveProvider } from '../../../src/driver/dave/provider.js';
import type { Transports } from '../../../src/driver/ports.js';
import { defaultRecovery } from '../../../src/driver/recovery/recovery.js';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import type { LogEvent } from '../../../src/log.js';
import { FakeProvider } from './dave/fake-provider.js';

const transports: Transports = { socket$: () => NEVER, udp$: () => NEVER };
const dave: DaveProvider = new FakeProvider();
const defaults = { transports: () => transports, dave: () => dave };

describe('resolveOptions', () => {
  it('chooses where the caller does not', () => {
    const resolved = resolveOptions({}, defaults);
    expect(resolved).toMatchObject({ scheduler: asyncScheduler, modes: ENCRYPTION_MODES, stableAfter: 10_000, gatewayVersion: 8 });
    const timeouts = { signalling: 10_000, socket: 10_000, hello: 5_000, ready: 5_000, discovery: 6_000, description: 5_000, dave: 10_000 };
    expect(resolved.timeouts).toEqual(timeouts);
    expect(resolved.transports).toBe(transports);
    expect(resolved.dave).toBe(dave);
    expect(resolved.recovery).toBe(defaultRecovery);
    expect(resolved.random(6)).toHaveLength(6);
    expect(() => resolved.logFor('1')({ type: 'discovery', attempt: 1 })).not.toThrow();
  });

  it('takes what the caller chooses, and opens no default transports then', () => {
    const mine: Transports = { ...transports };
    const unwanted = (): never => {
      throw new Error('not needed');
    };
    const chosen = { transports: mine, dave: false as const, timeouts: { hello: 7 }, gatewayVersion: 4 as const };
    const resolved = resolveOptions(chosen, { transports: unwanted, dave: unwanted });
    expect(resolved.transports).toBe(mine);
    expect(resolved.dave).toBe(false);
    expect(resolved.timeouts).toEqual({ ...DEFAULT_TIMEOUTS, hello: 7 });
    expect(resolved.gatewayVersion).toBe(4);
  });

  it('keeps deadlines within what a timer can wait: beyond that it would fire at once', () => {
    const resolved = resolveOptions({ timeouts: { hello: Infinity, ready: 1e12 } }, defaults);
    expect(resolved.timeouts).toEqual({ ...DEFAULT_TIMEOUTS, hello: 2 ** 31 - 1, ready: 2 ** 31 - 1 });
  });

  it('logs with the time of the scheduler and the guild', () => {
    const logged: LogEvent[] = [];
    const scheduler = { now: () => 42, schedule: asyncScheduler.schedule.bind(asyncScheduler) };
    resolveOptions({ scheduler, transports, log: (event) => logged.push(event) }, defaults).logFor('10')({ type: 'discovery', attempt: 2 });
    expect(logged).toEqual([{ type: 'discovery', attempt: 2, at: 42, guildId: '10' }]);
  });
});
