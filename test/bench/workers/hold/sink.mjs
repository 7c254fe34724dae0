/**
 * Child process: ports for what nobody is to hear. They answer IP discovery; then the process is stopped (SIGSTOP), their buffers fill up, and the kernel
 * drops what comes, without waking anybody.
 */
import { createSocket } from 'node:dgram';
import { answer } from '../../channel.mjs';
import { discoveryReply, listen } from './ports.mjs';

/** Bytes, of which the kernel makes its minimum: a few datagrams. */
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
    /** Before it is stopped. */
    narrow: () => sockets.forEach((socket) => socket.setRecvBufferSize(NARROW)),
  },
  () => sockets.forEach((socket) => socket.close()),
);
