/** What a node reports to a probe and to a dashboard. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { BehaviorSubject, firstValueFrom, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../src/cli/command.js';
import { healthReport, healthServer$ } from '../../../src/cli/node/health.js';
import type { VoiceNodeState } from '../../../src/nodes/index.js';

const state = (status: VoiceNodeState['status']): VoiceNodeState => ({ status, id: 'n-1', sessions: 3, moved: 2 });

/** An occupied port, and the function that releases it. */
async function taken(): Promise<{ port: number; free: () => Promise<unknown> }> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, free: () => once(server.close(), 'close') };
}

describe('the health of a node', () => {
  it.each([
    ['registering', 503],
    ['serving', 200],
    ['draining', 503],
    ['ended', 503],
  ] as const)('%s is %i', (status, code) => {
    const report = healthReport('/', state(status), 500);
    expect([report.status, JSON.parse(report.body)]).toEqual([code, { status, id: 'n-1', sessions: 3, moved: 2, capacity: 500 }]);
  });

  it('has figures for Prometheus, each with a type', () => {
    const lines = healthReport('/metrics', state('draining'), 500).body.split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['rxvoice_node_sessions 3', 'rxvoice_node_capacity 500', 'rxvoice_node_serving 0', 'rxvoice_node_draining 1', 'rxvoice_node_moved_total 2']);
    expect(lines.filter((line) => line.startsWith('# TYPE'))).toHaveLength(5);
  });

  it('is told for as long as the node is there, as it is now', async () => {
    const { port, free } = await taken();
    const state$ = new BehaviorSubject(state('serving'));
    // The port is occupied: the error says so and names the remedy.
    await expect(firstValueFrom(healthServer$(port, state$, 500))).rejects.toThrow(/name another with --health/);
    await expect(firstValueFrom(healthServer$(port, state$, 500))).rejects.toBeInstanceOf(CommandFailed);
    await free();
    const over$ = new Subject<void>();
    healthServer$(port, state$, 500).subscribe({ complete: () => over$.next() });
    const ask = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await ask('/')).toBe(200);
    state$.next(state('draining'));
    expect([await ask('/healthz'), await ask('/metrics')]).toEqual([503, 200]);
    const over = firstValueFrom(over$);
    state$.complete();
    await over;
    await expect(ask('/')).rejects.toThrow();
  });
});
