/** UDP ports on loopback, like those of a voice server, and the kernel's counts for them. */
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const DISCOVERY_BYTES = 74;
const ADDRESS_AT = 8;
const PORT_AT = 72;

/** Binds a socket to a free port. */
export async function listen(socket) {
  const listening = once(socket, 'listening');
  socket.bind(0, '127.0.0.1');
  await listening;
  return socket;
}

/** The reply to a request for IP discovery; undefined for anything else. */
export function discoveryReply(datagram, { address, port }) {
  if (datagram.length !== DISCOVERY_BYTES || datagram.readUInt16BE(0) !== 1) return undefined;
  const reply = Buffer.from(datagram);
  reply.writeUInt16BE(2, 0);
  reply.fill(0, ADDRESS_AT, PORT_AT);
  reply.write(address, ADDRESS_AT, 'latin1');
  reply.writeUInt16BE(port, PORT_AT);
  return reply;
}

/** How many datagrams the kernel has dropped at these ports so far because their buffers were full. */
export function dropped(ports) {
  const wanted = new Set(ports.map((port) => port.toString(16).toUpperCase().padStart(4, '0')));
  return droppedAt(({ port }) => wanted.has(port));
}

/** The same for the UDP sockets of this process. */
export function droppedHere() {
  const own = new Set();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      own.add(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]);
    } catch {
      // Closed meanwhile, as is the one with which this folder was read.
    }
  }
  return droppedAt(({ inode }) => own.has(inode));
}

function droppedAt(isWanted) {
  let sum = 0;
  for (const line of readFileSync('/proc/net/udp', 'utf8').trim().split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (isWanted({ port: columns[1].split(':')[1], inode: columns[9] })) sum += Number(columns.at(-1));
  }
  return sum;
}

/** Whether a process is stopped. */
export const isStopped = (pid) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
