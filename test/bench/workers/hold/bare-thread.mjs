/** A thread that only sends: one clock for all its sessions, and for each frame an encryption and a send. Nobody feeds it, and it has no WebSocket. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { parentPort } from 'node:worker_threads';
import { load } from '../../library.mjs';
import { FRAME } from './frame.mjs';
import { answerLoops } from './loop.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';
const FRAME_MS = 20;
const SAMPLES = 960;
/** Sessions are spread over so many wake-ups, like those of rxvoice, which begin at any time. */
const SLOTS = 4;
const { createSeal, prepareMode } = await load('crypto/seal.js');
await prepareMode(MODE);

const slots = Array.from({ length: SLOTS }, () => []);
let opened = 0;
let due = 0;
let slot = 0;

answerLoops();
parentPort.on('message', async ({ open, play }) => {
  if (open !== undefined) await Promise.all(open.map((address) => join(address)));
  if (play) {
    due = performance.now();
    tick();
  }
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');

async function join({ index, port }) {
  const socket = createSocket('udp4');
  // A failed send only loses one datagram.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.connect(port, '127.0.0.1', resolve));
  const seal = createSeal(MODE, new Uint8Array(randomBytes(32)), { random: (bytes) => randomBytes(bytes) });
  slots[opened++ % SLOTS].push({ socket, seal, ssrc: index + 1, sequence: 0 });
}

function tick() {
  for (; due <= performance.now(); due += FRAME_MS / SLOTS, slot = (slot + 1) % SLOTS) for (const session of slots[slot]) send(session);
  setTimeout(tick, Math.max(0, due - performance.now()));
}

function send(session) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 0x78;
  header.writeUInt16BE(session.sequence & 0xffff, 2);
  header.writeUInt32BE((session.sequence * SAMPLES) >>> 0, 4);
  header.writeUInt32BE(session.ssrc, 8);
  session.sequence += 1;
  session.socket.send(session.seal.seal(header, FRAME));
}
