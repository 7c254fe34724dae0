/**
 * The floor: a hand-written client of `ws`, `node:dgram`, `node:crypto` and JSON, with one clock for all sessions. It joins, sends heartbeats
 * and audio, and nothing else: no deadline, no recovery, no receiving, no end-to-end encryption. Its cost is that of the platform.
 */
import { createCipheriv, createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createSecureContext } from 'node:tls';
import { WebSocket } from 'ws';

const MODE = 'aead_aes256_gcm_rtpsize';
const FRAME_MS = 20;
const SAMPLES = 960;
/** ms until an unanswered discovery is sent again. */
const ASK_AGAIN_MS = 500;
const context = createSecureContext();

/** Joins all at once; resolves when all are ready. */
export function join(admissions) {
  return Promise.all(admissions.map((admission) => new Promise((resolve, reject) => new Bare(admission, resolve, reject))));
}

class Bare {
  constructor({ ids, voiceState, voiceServer }, onReady, onError) {
    const { guildId, userId } = ids;
    const { endpoint, token } = voiceServer;
    this.socket = new WebSocket(`wss://${endpoint}/?v=8`, { secureContext: context, perMessageDeflate: false });
    this.seq = -1;
    const send = (op, d) => this.socket.send(JSON.stringify({ op, d }));
    this.socket.on('error', onError);
    this.socket.on('close', (code) => onError(new Error(`the server closed the call: ${code}`)));
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      const { op, d, seq } = JSON.parse(String(data));
      if (seq !== undefined) this.seq = seq;
      switch (op) {
        case 8:
          this.beat = setInterval(() => send(3, { t: Date.now(), seq_ack: this.seq }), d.heartbeat_interval);
          return send(0, { server_id: guildId, user_id: userId, session_id: voiceState.session_id, token });
        case 2:
          return this.discover(d, ({ address, port }) => send(1, { protocol: 'udp', data: { address, port, mode: MODE } }));
        case 4:
          this.key = createSecretKey(Buffer.from(d.secret_key));
          send(5, { speaking: 1, delay: 0, ssrc: this.ssrc });
          return onReady(this);
      }
    });
  }

  discover({ ssrc, ip, port }, found) {
    this.ssrc = ssrc;
    this.udp = createSocket('udp4');
    this.udp.once('message', (reply) => {
      clearInterval(this.asking);
      found({ address: reply.toString('latin1', 8, reply.indexOf(0, 8)), port: reply.readUInt16BE(72) });
    });
    this.udp.on('error', () => undefined);
    this.udp.connect(port, ip, () => {
      const request = Buffer.alloc(74);
      request.writeUInt16BE(1, 0);
      request.writeUInt16BE(70, 2);
      request.writeUInt32BE(ssrc, 4);
      const ask = () => this.udp.send(request, sent);
      // If hundreds are sent at once, some are lost because the server's buffer is full.
      this.asking = setInterval(ask, ASK_AGAIN_MS);
      ask();
    });
  }

  async secure() {
    throw new Error('the bare client has no end-to-end encryption');
  }

  play(frames) {
    this.frames = frames;
    this.sequence = this.timestamp = this.nonce = 0;
    return new Promise((resolve) => {
      this.done = resolve;
      clock.add(this);
    });
  }

  /** Sends one frame. Returns false when none is left. */
  step() {
    const { done, value } = this.frames.next();
    if (done) return this.done(), false;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = 0x78;
    header.writeUInt16BE(this.sequence++ & 0xffff, 2);
    header.writeUInt32BE((this.timestamp += SAMPLES) >>> 0, 4);
    header.writeUInt32BE(this.ssrc, 8);
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(++this.nonce, 0);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(header);
    this.udp.send([header, cipher.update(value), cipher.final(), cipher.getAuthTag(), nonce.subarray(0, 4)], sent);
    return true;
  }

  leave() {
    clock.delete(this);
    clearInterval(this.beat);
    clearInterval(this.asking);
    this.udp.close();
    this.socket.close(1000);
  }
}

const sent = () => undefined;

/** All playing sessions: a frame every 20 ms each, by absolute deadlines, distributed over four slots in order of arrival. */
const clock = new (class {
  #playing = new Map();
  #due = 0;
  #slot = 0;

  add(session) {
    this.#playing.set(session, this.#playing.size % 4);
    if (this.#playing.size > 1) return;
    this.#due = performance.now();
    this.#tick();
  }

  delete(session) {
    this.#playing.delete(session);
  }

  #tick = () => {
    for (; this.#due <= performance.now(); this.#due += FRAME_MS / 4, this.#slot = (this.#slot + 1) % 4) {
      for (const [session, slot] of this.#playing) if (slot === this.#slot && !session.step()) this.#playing.delete(session);
    }
    if (this.#playing.size > 0) setTimeout(this.#tick, Math.max(0, this.#due - performance.now()));
  };
})();
