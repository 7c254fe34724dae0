import { asyncScheduler, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMEOUTS } from '../../../src/driver/deadlines.js';
import { resolveOptions } from '../../../src/driver/resolve-options.js';
import type { DaveProvider } from '../../../src/driver/dave/provider.js';
import type { Transports } from '../../../src/driver/ports.js';
import { defaultRecovery } from '../../../src/driver/recovery/recovery.js';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import type { LogEvent } from '../../../src/log.js';
import { steadyScheduler } from '../../../src/steady-scheduler.js';
import { FakeProvider } from './dave/fake-provider.js';

const opened: string[] = [];
const transports: Transports = { socket$: (endpoint) => (opened.push(endpoint), NEVER), udp$: ({ ip }) => (opened.push(ip), NEVER) };
const dave = new FakeProvider();
/** Opens a socket of each kind, and returns what was opened. */
const openedBy = ({ socket$, udp$ }: Transports): string[] => {
  opened.length = 0;
  socket$('voice.test', 8).subscribe().unsubscribe();
  udp$({ ip: '192.0.2.1', port: 9 }).subscribe().unsubscribe();
  return [...opened];
};
const defaults = { transports: () => transports, dave: () => dave };

describe('resolveOptions', () => {
  it('chooses where the caller does not', () => {
    const resolved = resolveOptions({}, defaults);
    expect(resolved).toMatchObject({ modes: ENCRYPTION_MODES, stableAfter: 10_000, gatewayVersion: 8 });
    expect(resolved.scheduler).toBe(steadyScheduler);
    const timeouts = { signalling: 10_000, socket: 10_000, hello: 5_000, ready: 5_000, discovery: 6_000, description: 5_000, dave: 10_000 };
    expect(resolved.timeouts).toEqual(timeouts);
    expect(openedBy(resolved.transports)).toEqual(['voice.test', '192.0.2.1']);
    const provider = resolved.dave as DaveProvider;
    expect(provider.maxProtocolVersion).toBe(1);
    expect(provider.open({ version: 1, userId: '1', channelId: '2', keyPair: provider.keyPair() })).toBe(dave.groups[0]);
    expect(resolved.recovery).toBe(defaultRecovery);
    expect(resolved.random(6)).toHaveLength(6);
    expect(() => resolved.logFor('1')({ type: 'discovery', attempt: 1 })).not.toThrow();
  });

  it('takes what the caller chooses, and opens no default transports then', () => {
    const mine: Transports = { ...transports, udp$: () => (opened.push('mine'), NEVER) };
    const unwanted = (): never => {
      throw new Error('not needed');
    };
    const chosen = { transports: mine, dave: false as const, timeouts: { hello: 7 }, gatewayVersion: 4 as const };
    const resolved = resolveOptions(chosen, { transports: unwanted, dave: unwanted });
    expect(openedBy(resolved.transports)).toEqual(['voice.test', 'mine']);
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
