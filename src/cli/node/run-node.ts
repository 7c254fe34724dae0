/** A node, from its connection to its end. */
import { readFileSync } from 'node:fs';
import { catchError, defer, EMPTY, finalize, from, map, merge, switchMap, throwError, type Observable } from 'rxjs';
import { voiceNode, type NatsConnectionLike, type VoiceNodeOptions } from '../../nodes/index.js';
import { CommandFailed } from '../command.js';
import { healthServer$ } from './health.js';
import type { NodeFact } from './screen.js';

export interface NatsAddress {
  readonly url: string;
  /** A file of credentials. */
  readonly creds: string | undefined;
  /** The source of secrets that are not in a file: an argument would be visible in the list of processes. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Emits each change of the node, until it has ended.
 *
 * @param health the port for probes and dashboards; undefined: none
 * @param stop$ makes the node move its sessions to other nodes, and end
 */
export function runNode$(address: NatsAddress, options: VoiceNodeOptions & { readonly capacity: number }, health: number | undefined, stop$: Observable<unknown>): Observable<NodeFact> {
  return defer(() => from(connected(address))).pipe(
    switchMap((connection) => {
      const node = voiceNode(connection, options);
      const stopping = stop$.subscribe(() => void node.drain());
      const told$ = node.state$.pipe(
        map((state): NodeFact => ({ type: 'node', ...state })),
        catchError((error: unknown) => throwError(() => new CommandFailed(error instanceof Error ? error.message : String(error)))),
      );
      return merge(told$, health === undefined ? EMPTY : healthServer$(health, node.state$, options.capacity)).pipe(
        finalize(() => {
          stopping.unsubscribe();
          void connection.close();
        }),
      );
    }),
  );
}

async function connected({ url, creds, env }: NatsAddress): Promise<NatsConnectionLike & { close(): Promise<void> }> {
  const library = await import('@nats-io/transport-node').catch(() => {
    throw new CommandFailed('rxvoice node needs @nats-io/transport-node, @nats-io/jetstream and @nats-io/kv: npm install them');
  });
  const { NATS_USER: user, NATS_PASSWORD: pass = '', NATS_TOKEN: token } = env;
  const login = {
    ...(creds === undefined ? {} : { authenticator: library.credsAuthenticator(credentials(creds)) }),
    ...(user === undefined ? {} : { user, pass }),
    ...(token === undefined ? {} : { token }),
  };
  try {
    return (await library.connect({ servers: url, maxReconnectAttempts: -1, ...login })) as NatsConnectionLike & { close(): Promise<void> };
  } catch (error) {
    throw new CommandFailed(`no NATS server at ${url.replace(/\/\/.*@/, '//')} (${error instanceof Error ? error.message : String(error)}): is it running, and are the credentials right?`);
  }
}

function credentials(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw new CommandFailed(`the credentials cannot be read from ${file}`);
  }
}
