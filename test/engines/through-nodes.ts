/** `connectVoice$` with every session on a node, for suites that were written without an engine. `nodes-setup.mjs` starts the nodes. */
import { connect } from '@nats-io/transport-node';
import { Observable } from 'rxjs';
import { afterAll, expect, inject, vi } from 'vitest';
import { connectVoice$ as connectHere$ } from '../../src/connect.js';
import type { ConnectOptions, VoiceEngine } from '../../src/driver/engine.js';
import type { GatewayPort, VoiceSession, VoiceTarget } from '../../src/index.js';
import { natsEngine, type NatsEngine } from '../../src/nodes/index.js';
import { bucketKeys } from './bucket-keys.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the nats-server. */
    nats: string;
  }
}

const connection = await connect({ servers: inject('nats'), maxReconnectAttempts: -1 });
const prefix = `worker-${process.env['VITEST_POOL_ID']}`;
/** Engines by the user id of each member, which is a bot. An engine exists only while its bot has a session: suites count what is left open. */
const engines = new Map<string, { readonly engine: NatsEngine; sessions: number }>();

afterAll(async () => {
  // A bot that leaves tells its node at once, and the nodes give their sessions back soon after.
  await vi.waitFor(async () => expect(await bucketKeys(connection, `${prefix}-sessions`)).toEqual([]), { timeout: 10_000, interval: 50 });
  await connection.close();
});

function hold(bot: string): NatsEngine {
  const held = engines.get(bot) ?? { engine: natsEngine(connection, { bot, prefix }), sessions: 0 };
  held.sessions += 1;
  engines.set(bot, held);
  return held.engine;
}

function letGo(bot: string): void {
  const held = engines.get(bot)!;
  held.sessions -= 1;
  if (held.sessions > 0) return;
  engines.delete(bot);
  held.engine.close();
}

const engineOf = (bot: string): VoiceEngine => ({
  session$: (...wanted) =>
    new Observable((subscriber) => {
      const session = hold(bot).session$(...wanted).subscribe(subscriber);
      subscriber.add(session);
      subscriber.add(() => letGo(bot));
    }),
});

export function connectVoice$(gateway$: GatewayPort, ids: VoiceTarget, options: ConnectOptions = {}): Observable<VoiceSession> {
  // Invalid options are passed on unchanged, so that `connectVoice$` itself rejects them.
  return connectHere$(gateway$, ids, typeof options === 'object' && options !== null ? { engine: engineOf(ids.userId), ...options } : options);
}

/** Not replaced: no suite here calls it with a node, because a node must know the guild before the first signal. */
export { driveVoice$ } from '../../src/drive-voice.js';
