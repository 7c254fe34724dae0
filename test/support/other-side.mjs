/** The other side of a process that stands still: a thread, which does its part meanwhile. What it has done stands in shared memory. Of built files. */
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { concat, map, NEVER, of } from 'rxjs';
import { driveVoice$, nodeTransports } from '../../dist/driver.js';
import { startVoiceServer } from '../../dist/server/index.js';

const { role, options, cells } = workerData;
const CELLS = { go: 0, done: 1, identify: 2, discovery: 3, select: 4, heartbeat: 5 };

function done(cell) {
  Atomics.add(cells, cell, 1);
  Atomics.notify(cells, cell);
}

/** Asked each ms, and so by whoever can do nothing but write to memory. */
function whenTold(act) {
  let seen = 0;
  setInterval(() => {
    const told = Atomics.load(cells, CELLS.go);
    while (seen < told) act(seen++);
  }, 1);
}

const roles = {
  /** A voice server. What it has answered, it counts. */
  async server() {
    const server = await startVoiceServer(options);
    server.events$.subscribe(({ type }) => {
      // In the next turn: by then the answer is on its way.
      if (type in CELLS) setImmediate(() => done(CELLS[type]));
    });
    parentPort.postMessage(server.admit({ guildId: '1', channelId: '2', userId: '3' }));
  },

  /** Sends numbers to whoever has sent it something, a list each time that it is told to. */
  async numbers() {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => parentPort.postMessage({ ip: '127.0.0.1', port: socket.address().port }));
    socket.once('message', (_, { port, address }) =>
      socket.connect(port, address, () =>
        whenTold((time) => {
          const numbers = options[time];
          for (const [i, number] of numbers.entries()) {
            socket.send(Uint8Array.of(number >> 8, number), i === numbers.length - 1 ? () => done(CELLS.done) : undefined);
          }
        }),
      ),
    );
  },

  /** A bot that plays, and says that it speaks when it is told to. */
  async bot() {
    const { frames, server } = options;
    const transports = nodeTransports();
    const tapped = (socket) => ({
      ...socket,
      send: (message) => {
        if (!String(message).startsWith('{"op":5,')) return socket.send(message);
        whenTold(() => {
          socket.send(message);
          setImmediate(() => done(CELLS.done));
        });
      },
    });
    const held = { ...transports, socket$: (...args) => transports.socket$(...args).pipe(map(tapped)) };
    driveVoice$(concat(of(server), NEVER), { transports: held, dave: false }).subscribe((session) => session.play(frames).subscribe());
  },
};

await roles[role]();
