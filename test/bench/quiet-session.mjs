/** A driver session of any build over transports without a network: sent packets are dropped, received packets are passed in. */
import { NEVER, Observable, of, Subject, concat, VirtualTimeScheduler, VirtualAction } from 'rxjs';
import { randomBytes } from 'node:crypto';

const FRAME_MS = 20;
const SPEAKERS = 50;
const SSRC = 7;
/** Far below the client's own nonce counter. */
const COUNTER = 1;

/**
 * A session that is ready to play, and to listen to 50 speakers.
 *
 * @param build the URL of a `dist`
 * @param options more options of `driveVoice$`, in addition to those that remove the network
 */
export async function quietSession(build, mode, options = {}) {
  const load = (module) => import(new URL(module, build).href);
  const { driveVoice$ } = await load('driver.js');
  const { createSeal, prepareMode } = await load('crypto/seal.js');
  const { writeRtpHeader } = await load('protocol/rtp.js');
  await prepareMode(mode);

  const key = new Uint8Array(randomBytes(32));
  const seal = createSeal(mode, key, { counter: COUNTER, random: (bytes) => randomBytes(bytes) });
  const scheduler = new VirtualTimeScheduler(VirtualAction, 0);
  const datagrams$ = new Subject();
  const transports = {
    socket$: () => concat(of(voiceSocket(mode, key)), NEVER),
    udp$: () => concat(of({ datagrams$, send: (datagram) => discover(datagram, datagrams$) }), NEVER),
  };
  let session;
  const server = { guildId: '1', userId: '2', channelId: '3', sessionId: 's', token: 't', endpoint: '127.0.0.1:1' };
  driveVoice$(concat(of(server), NEVER), { modes: [mode], dave: false, scheduler, transports, ...options }).subscribe((ready) => (session = ready));
  const advance = (ms) => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.flush();
  };
  // Preparing the mode may take a promise.
  for (let i = 0; i < 20 && session === undefined; i += 1) {
    advance(10);
    await new Promise(setImmediate);
  }
  if (session === undefined) throw new Error('the session was not ready');
  let sequence = 0;
  let heard = 0;
  return {
    /** Plays the same frame endlessly. */
    play: (frame) => void session.play(endless(frame)).subscribe(),
    listen: () => void session.receive().subscribe(() => (heard += 1)),
    /** Advances time by the duration of `frames` frames. */
    advance: (frames) => advance(frames * FRAME_MS),
    /** Makes `count` packets of the speakers, in turn, sealed as by the server. */
    packets: (count, frame) =>
      Array.from({ length: count }, (_, i) => {
        const header = new Uint8Array(12);
        if (i % SPEAKERS === 0) sequence = (sequence + 1) & 0xffff;
        writeRtpHeader(header, sequence, sequence * 960, 100 + (i % SPEAKERS));
        return seal.seal(header, frame);
      }),
    deliver: (packets) => {
      const before = heard;
      for (const packet of packets) datagrams$.next(packet);
      if (heard - before !== packets.length) throw new Error(`${heard - before} of ${packets.length} packets were heard`);
    },
  };
}

function* endless(frame) {
  for (;;) yield frame;
}

/** Sends the messages of a voice server up to the session description, and announces the speakers. */
function voiceSocket(mode, key) {
  const messages$ = new Subject();
  const say = (op, d) => queueMicrotask(() => messages$.next(JSON.stringify({ op, d })));
  return {
    messages$: new Observable((subscriber) => {
      messages$.subscribe(subscriber);
      say(8, { v: 8, heartbeat_interval: 1e9 });
    }),
    send: (message) => {
      const { op } = JSON.parse(message);
      if (op === 0) say(2, { ssrc: SSRC, ip: '127.0.0.1', port: 1, modes: [mode] });
      if (op !== 1) return;
      say(4, { mode, secret_key: [...key], dave_protocol_version: 0 });
      for (let i = 0; i < SPEAKERS; i += 1) say(5, { user_id: String(1_000 + i), ssrc: 100 + i, speaking: 1 });
    },
    drop: () => undefined,
  };
}

/** Answers IP discovery, and nothing else. */
function discover(datagram, datagrams$) {
  if (datagram.length !== 74 || datagram[0] !== 0 || datagram[1] !== 1) return;
  const reply = Uint8Array.from(datagram);
  reply[1] = 2;
  reply.set(Buffer.from('127.0.0.1'), 8);
  reply[72] = reply[73] = 1;
  queueMicrotask(() => datagrams$.next(reply));
}
