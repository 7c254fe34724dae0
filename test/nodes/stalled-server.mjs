/** Starts a node while the nats-server is stopped for longer than a request waits. When the server continues, the node must serve, with all buckets. */
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { firstValueFrom, filter, timeout } from 'rxjs';
import { load } from '../bench/library.mjs';
import { NatsServer } from './nats-server.mjs';

/** Longer than the node's request timeout of 2 s. */
const STALL_MS = 2_500;
const PATIENCE_MS = 20_000;

/** Returns a text that says what is wrong; undefined: nothing. */
export async function begunBesideStalledServer() {
  const { voiceNode } = await load('nodes/index.js');
  const nats = await NatsServer.start('');
  try {
    const connection = await connect({ servers: nats.url });
    const stall = nats.stall(STALL_MS);
    const node = voiceNode(connection);
    await firstValueFrom(node.state$.pipe(filter(({ status }) => status === 'serving'), timeout(PATIENCE_MS))); // prettier-ignore
    await stall;
    const streams = [];
    for await (const { config } of (await jetstreamManager(connection)).streams.list()) streams.push(config.name);
    await node.close();
    await connection.close();
    if (streams.length !== 3) return `a node serves that has ${streams.join(', ')}`;
  } catch (error) {
    return `a node did not begin beside a server that stood still for ${STALL_MS} ms: ${error.stack}`;
  } finally {
    await nats.end();
  }
}
