/**
 * The platform's floor: a node:dgram socket, one node:crypto cipher object for each packet, and nothing around them. rxvoice's driver only does
 * the handshake.
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { map, Observable, Subject, tap } from 'rxjs';
import { load } from './library.mjs';

const { nodeTransports } = await load('driver.js');

const CIPHER = 'aes-256-gcm';
const TAG = 16;
const COUNTER = 4;
const OPTIONS = { authTagLength: TAG };
const OPUS = 0x78;
const DESCRIPTION = 4;

/** The `transports` to pass to `connectVoice$`, and the wire and key, once it has opened them. */
export function bareTransports() {
  const { socket$ } = nodeTransports();
  const bare = { wire: undefined, key: undefined, transports: undefined };
  const read = (message) => {
    const { op, d } = typeof message === 'string' ? JSON.parse(message) : {};
    if (op === DESCRIPTION) bare.key = createSecretKey(Uint8Array.from(d.secret_key));
  };
  bare.transports = {
    socket$: (...args) => socket$(...args).pipe(map((socket) => ({ ...socket, messages$: socket.messages$.pipe(tap(read)) }))),
    udp$: (address) => udp$(address, (wire) => (bare.wire = wire)),
  };
  return bare;
}

function udp$({ ip, port }, opened) {
  return new Observable((subscriber) => {
    const socket = createSocket('udp4');
    const datagrams$ = new Subject();
    const wire = { socket, read: (datagram) => datagrams$.next(datagram) };
    socket.on('message', (datagram) => wire.read(datagram));
    socket.connect(port, ip, () => {
      opened(wire);
      subscriber.next({ datagrams$, send: (datagram) => socket.send(datagram) });
    });
    return () => socket.close();
  });
}

/** Passes the frame of every Opus packet to `take`, in place of the driver. */
export function hear({ wire, key }, take) {
  const nonce = new Uint8Array(12);
  wire.read = (datagram) => {
    if (datagram[1] !== OPUS) return;
    const extended = (datagram[0] & 0x10) !== 0;
    const clear = extended ? 16 : 12;
    const tagAt = datagram.length - TAG - COUNTER;
    for (let i = 0; i < COUNTER; i += 1) nonce[i] = datagram[tagAt + TAG + i];
    const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
    decipher.setAAD(datagram.subarray(0, clear));
    decipher.setAuthTag(datagram.subarray(tagAt, tagAt + TAG));
    const body = decipher.update(datagram.subarray(clear, tagAt));
    decipher.final();
    take(extended ? body.subarray(4 * ((datagram[14] << 8) | datagram[15])) : body);
  };
}

/** Reads every datagram without looking at it. Returns a function that gives their number. */
export function deafen({ wire }) {
  let read = 0;
  wire.read = () => void (read += 1);
  return () => read;
}

/** Returns a function that sends a frame. The counter begins where a client's does. */
export function sender({ wire, key }, ssrc) {
  const { socket } = wire;
  const nonce = Buffer.alloc(12);
  let sequence = 0;
  return (frame) => {
    const packet = Buffer.allocUnsafe(12 + frame.length + TAG + COUNTER);
    packet[0] = 0x80;
    packet[1] = OPUS;
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE((sequence * 960) >>> 0, 4);
    packet.writeUInt32BE(ssrc, 8);
    nonce.writeUInt32LE(0x8000_0000 + sequence, 0);
    sequence += 1;
    const cipher = createCipheriv(CIPHER, key, nonce);
    cipher.setAAD(packet.subarray(0, 12));
    cipher.update(frame).copy(packet, 12);
    cipher.final();
    cipher.getAuthTag().copy(packet, 12 + frame.length);
    nonce.copy(packet, packet.length - COUNTER, 0, COUNTER);
    socket.send(packet);
  };
}
