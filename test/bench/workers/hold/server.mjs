/**
 * Child process: a voice server that costs very little. It performs the handshake, acknowledges heartbeats, and receives only the sample, of which it
 * reads the packet headers. All other sessions get the address of a sink.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { getPriority, setPriority } from 'node:os';
import { WebSocketServer } from 'ws';
import { answer } from '../../channel.mjs';
import { discoveryReply, listen } from './ports.mjs';
import { sampleOf } from './search.mjs';
import { Seconds } from './seconds.mjs';

/** As on Discord. */
const HEARTBEAT_MS = 13_750;
/** Shorter packets are silence, which is sent if a frame is missing: a header of 12 bytes, a frame, a tag of 16 and a nonce of 4. */
const AUDIO_BYTES = 100;
const OPUS = 0x78;
const BUFFER_BYTES = 4 * 1024 * 1024;

let setting;
let heard = new Seconds(0);
let since = 0;
let cpuBefore;
let open = 0;

answer({
  /** `count` sessions will join, of which `sample` are heard; `sinks`: the ports for all others. */
  start: async ({ tls, count, sample, sinks }) => {
    try {
      // It measures arrival times, so it must not wait for the processes that it measures.
      setPriority(Math.max(-20, getPriority() - 5));
    } catch {
      // Not permitted: then it may be late, and the senders look worse than they are.
    }
    const udp = await listen(createSocket('udp4'));
    udp.setRecvBufferSize(BUFFER_BYTES);
    udp.on('message', (datagram, from) => {
      const reply = discoveryReply(datagram, from);
      if (reply !== undefined) udp.send(reply, from.port, from.address);
      else if ((datagram[1] & 0x7f) === OPUS) hear(datagram);
    });
    const https = createServer(tls);
    new WebSocketServer({ server: https }).on('connection', serve);
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    const chosen = sampleOf(count, sample);
    const portOf = (index) => (chosen.has(index) ? udp.address().port : sinks[index % sinks.length]);
    setting = { endpoint: `localhost:${https.address().port}`, portOf };
  },
  /** What the sessions `from` to `to` need to join. */
  admit: ({ from, to }) => Array.from({ length: to - from }, (_, i) => admission(from + i)),
  begin: () => {
    since = performance.now();
    heard = new Seconds(since);
    cpuBefore = process.cpuUsage();
  },
  /** Since `begin`: what arrived of the `streams` that are heard, and the share of a core that this process used; and how many connections are open. */
  end: ({ streams }) => {
    const now = performance.now();
    const ms = now - since;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { seconds: heard.report(now, streams), ms, share: (user + system) / 1_000 / ms, open };
  },
});

function hear(datagram) {
  if (datagram.length < AUDIO_BYTES) return;
  heard.add({ ssrc: datagram.readUInt32BE(8), timestamp: datagram.readUInt32BE(4), arrival: performance.now() });
}

function admission(index) {
  const ids = { guildId: String(1_000_000 + index), channelId: String(2_000_000 + index), userId: String(3_000_000 + index) };
  const { guildId: guild_id, channelId: channel_id, userId: user_id } = ids;
  const voiceState = { guild_id, channel_id, user_id, session_id: `session-${index}`, deaf: false, mute: false, self_deaf: false, self_mute: false, self_video: false, suppress: false };
  return { index, ids, voiceState, voiceServer: { guild_id, token: `token-${index}`, endpoint: setting.endpoint }, port: setting.portOf(index) };
}

function serve(socket) {
  let seq = 0;
  const say = (op, d) => socket.send(JSON.stringify({ op, d, seq: ++seq }));
  open += 1;
  socket.on('close', () => (open -= 1));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    const { op, d } = JSON.parse(String(data));
    switch (op) {
      case 0: {
        const index = Number(d.user_id) - 3_000_000;
        return say(2, { ssrc: index + 1, ip: '127.0.0.1', port: setting.portOf(index), modes: ['aead_xchacha20_poly1305_rtpsize'] });
      }
      case 1:
        return say(4, { mode: d.data.mode, secret_key: [...randomBytes(32)], dave_protocol_version: 0, audio_codec: 'opus' });
      case 3:
        return socket.send(JSON.stringify({ op: 6, d: { t: d.t } }));
      case 7:
        // A session that must resume counts as lost.
        return socket.close(4006);
    }
  });
  socket.send(JSON.stringify({ op: 8, d: { v: 8, heartbeat_interval: HEARTBEAT_MS } }));
}
