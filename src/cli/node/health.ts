/** The HTTP answers of a node to probes and dashboards. */
import { createServer } from 'node:http';
import { Observable } from 'rxjs';
import type { VoiceNodeState } from '../../nodes/index.js';
import { CommandFailed } from '../command.js';

/** An answer. */
export interface HealthReport {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `/metrics` for Prometheus; any other path is a probe: 200 while the node takes sessions, 503 before and after. */
export function healthReport(path: string, state: VoiceNodeState, capacity: number): HealthReport {
  if (path === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4', body: metrics(state, capacity) };
  return { status: state.status === 'serving' ? 200 : 503, type: 'application/json', body: `${JSON.stringify({ ...state, capacity })}\n` };
}

/**
 * Answers on the port of all addresses for as long as the node runs, and emits nothing. Errors with CommandFailed if the port is not available,
 * because a node that should be monitored must not run without that.
 */
export function healthServer$(port: number, state$: Observable<VoiceNodeState>, capacity: number): Observable<never> {
  return new Observable((subscriber) => {
    let state: VoiceNodeState = { status: 'registering', id: null, sessions: 0, moved: 0 };
    const server = createServer(({ url = '/' }, response) => {
      const { status, type, body } = healthReport(url, state, capacity);
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    server.on('error', ({ message }) => subscriber.error(new CommandFailed(`port ${port} cannot be listened on (${message}): name another with --health`)));
    server.listen(port);
    subscriber.add(() => {
      server.close();
      server.closeAllConnections();
    });
    subscriber.add(
      state$.subscribe({ next: (now) => (state = now), error: (error: unknown) => subscriber.error(error), complete: () => subscriber.complete() }),
    );
  });
}

function metrics({ status, sessions, moved }: VoiceNodeState, capacity: number): string {
  const figures: readonly [string, 'gauge' | 'counter', string, number][] = [
    ['rxvoice_node_sessions', 'gauge', 'Sessions that run on the node, or are about to.', sessions],
    ['rxvoice_node_capacity', 'gauge', 'Sessions beyond which other nodes are asked first.', capacity],
    ['rxvoice_node_serving', 'gauge', '1 while the node takes sessions, 0 while it registers or drains.', Number(status === 'serving')],
    ['rxvoice_node_draining', 'gauge', '1 while its sessions go on elsewhere.', Number(status === 'draining')],
    ['rxvoice_node_moved_total', 'counter', 'Sessions that have gone from the node to one with less to do.', moved],
  ];
  return figures.map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`).join('');
}
