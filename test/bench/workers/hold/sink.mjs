/**
 * Child process: ports for packets that nobody receives. They answer IP discovery; then the process is stopped (SIGSTOP), their buffers fill up, and the
 * kernel drops what arrives without waking anybody.
 */
import { createSocket } from 'node:dgram';
import { answer } from '../../channel.mjs';
import { discoveryReply, listen } from './ports.mjs';

/** Bytes. The kernel raises this to its minimum, which holds a few datagrams. */
const NARROW = 1;
let sockets = [];

answer(
  {
    open: async ({ count }) => {
      sockets = await Promise.all(Array.from({ length: count }, () => listen(createSocket('udp4'))));
      for (const socket of sockets)
        socket.on('message', (datagram, from) => {
          const reply = discoveryReply(datagram, from);
          if (reply !== undefined) socket.send(reply, from.port, from.address);
        });
      return sockets.map((socket) => socket.address().port);
    },
    /** To be called before the process is stopped. */
    narrow: () => sockets.forEach((socket) => socket.setRecvBufferSize(NARROW)),
  },
  () => sockets.forEach((socket) => socket.close()),
);
