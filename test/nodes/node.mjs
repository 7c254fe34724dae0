/** Child process: one node. It is controlled by signals, as on a real machine: SIGTERM drains it. */
import { connect } from '@nats-io/transport-node';
import { PASSWORD } from './permissions.mjs';
import { load } from '../bench/library.mjs';

const { voiceNode } = await load('nodes/index.js');
const [url, options] = [process.argv[2], JSON.parse(process.argv[3])];
const connection = await connect({ servers: url, user: 'node', pass: PASSWORD, maxReconnectAttempts: -1, reconnectTimeWait: 100, reconnectJitter: 20 });
const node = voiceNode(connection, options);
node.state$.subscribe({
  next: (state) => process.send(state),
  error: (error) => {
    console.error(error);
    process.exit(1);
  },
});
process.on('SIGTERM', () => void node.drain().then(() => connection.close()).then(() => process.exit(0)));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ usage: { cpu: (user + system) / 1_000, rss: process.memoryUsage.rss() } });
});
process.on('disconnect', () => process.exit(0));
