/** Checks whether datagrams leave and come back, on this machine only: the path to Discord can be tested only by joining there. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { defaultIfEmpty, filter, firstValueFrom, last, mergeMap, scan, take, takeUntil } from 'rxjs';
import { deadline$ } from '../../../deadline.js';
import { udpPort$ } from '../../../driver.js';
import { steadyScheduler } from '../../../index.js';
import { bad, ok, saidBy, warn, type Check, type Finding } from '../check.js';

/** As large as a packet of audio at 128 kbit/s. */
const BYTES = 380;
const DATAGRAMS = 50;
const WAIT_MS = 1_500;
const CURE = 'allow UDP out of, and back into, this host or container; Discord uses the ports 50000 to 65535';

export const udp: Check = {
  name: 'UDP',
  async run(): Promise<Finding> {
    const echo = createSocket('udp4');
    try {
      echo.bind(0, '127.0.0.1');
      await once(echo, 'listening');
      const back = await echoed(echo);
      if (back === DATAGRAMS) return ok(`${back} of ${DATAGRAMS} datagrams out and in again, on loopback`);
      return back === 0 ? bad('no datagram comes back on loopback', CURE) : warn(`${back} of ${DATAGRAMS} datagrams came back on loopback`, CURE);
    } catch (error) {
      return bad(saidBy(error), CURE);
    } finally {
      echo.close();
    }
  },
};

/** How many of our datagrams come back from a socket that returns whatever it gets. */
function echoed(echo: Socket): Promise<number> {
  echo.on('message', (datagram, { port, address }) => echo.send(datagram, port, address));
  const { address, port } = echo.address();
  return firstValueFrom(
    udpPort$({ ip: address, port }).pipe(
      mergeMap((socket) => {
        for (let i = 0; i < DATAGRAMS; i++) socket.send(new Uint8Array(BYTES).fill(i));
        return socket.datagrams$;
      }),
      filter(({ length }) => length === BYTES),
      take(DATAGRAMS),
      takeUntil(deadline$(WAIT_MS, steadyScheduler)),
      scan((count) => count + 1, 0),
      defaultIfEmpty(0),
      last(),
    ),
  );
}
