/** Child process: measures what sends to a port cost the sender, and whether any of them fails. */
import { createSocket } from 'node:dgram';
import { answer } from '../../channel.mjs';

const BYTES = 192;
const AT_ONCE = 500;

answer({
  /** µs of CPU and of time per send, and how many failed. */
  send: async ({ port, count }) => {
    const socket = createSocket('udp4');
    await new Promise((resolve) => socket.connect(port, '127.0.0.1', resolve));
    const datagram = Buffer.alloc(BYTES, 0x5a);
    let failed = 0;
    const round = () =>
      new Promise((resolve) => {
        let left = AT_ONCE;
        for (let i = 0; i < AT_ONCE; i += 1)
          socket.send(datagram, (error) => {
            if (error) failed += 1;
            if (--left === 0) resolve();
          });
      });
    for (let i = 0; i < 20; i += 1) await round();
    failed = 0;
    const [start, before] = [performance.now(), process.cpuUsage()];
    for (let sent = 0; sent < count; sent += AT_ONCE) await round();
    const { user, system } = process.cpuUsage(before);
    const us = 1_000 * (performance.now() - start);
    socket.close();
    return { cpu: (user + system) / count, time: us / count, failed };
  },
});
