/**
 * µs of CPU per packet from the source to the socket, and from the socket to the listener, without the socket itself: the library's own code and
 * the cipher. Runs sessions of the real driver over transports that do nothing, in virtual time, so that the figures include no clock and no kernel.
 *
 * `node test/bench/path.mjs` after a build, or `node test/bench/path.mjs OTHER/dist` to compare with another build, in alternating chunks.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { quietSession } from './quiet-session.mjs';

const HERE = new URL('../../dist/', import.meta.url);
const MODES = ['aead_xchacha20_poly1305_rtpsize', 'aead_aes256_gcm_rtpsize'];
const FRAME_BYTES = 160;
/** Packets per timed chunk, and number of chunks; the best decile counts, because disturbances only add time. */
const CHUNK = 2_000;
const CHUNKS = 60;

const builds = [HERE, ...process.argv.slice(2).map((folder) => new URL(`${pathToFileURL(resolve(folder)).href}/`))];
const frame = Buffer.alloc(FRAME_BYTES, 0x5a);
frame[0] = 0xfc;

/** Each is `{ name, prepare, run }`: `run` takes the result of `prepare`; only `run` is timed. */
const ways = [];
for (const mode of MODES) {
  for (const [i, build] of builds.entries()) {
    const name = i === 0 ? 'rxvoice' : process.argv[i + 1];
    // Another build may not have the option.
    const plays = i === 0 ? [['play', {}], ['play, no reports', { senderReports: false }]] : [['play', {}]];
    for (const [what, options] of [...plays, ['receive', {}]]) {
      const session = await quietSession(build, mode, options);
      if (what === 'receive') {
        session.listen();
        ways.push({ mode, name: `${name}: receive`, prepare: () => session.packets(CHUNK, frame), run: (packets) => session.deliver(packets) });
      } else {
        session.play(frame);
        ways.push({ mode, name: `${name}: ${what}`, prepare: () => undefined, run: () => session.advance(CHUNK) });
      }
    }
  }
}
ways.push(...floor());

const times = ways.map(() => []);
for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
  for (const [i, { prepare, run }] of ways.entries()) {
    const given = prepare();
    const start = performance.now();
    run(given);
    times[i].push(((performance.now() - start) * 1_000) / CHUNK);
  }
}
console.log(`Node ${process.version}, frames of ${FRAME_BYTES} bytes, µs a packet without the socket`);
for (const [i, { mode, name }] of ways.entries()) {
  const sorted = times[i].slice(CHUNKS / 6).sort((a, b) => a - b);
  const [best, median] = [0.1, 0.5].map((q) => sorted[Math.floor(q * sorted.length)].toFixed(2).padStart(6));
  console.log(`${mode.slice(5, 12)}  ${name.padEnd(28)} ${best}  median ${median}`);
}

/** Only the node:crypto cipher, called as its documentation says, with a KeyObject and nothing around it. */
function floor() {
  const [, mode] = MODES;
  const key = createSecretKey(randomBytes(32));
  const [header, nonce] = [new Uint8Array(12), new Uint8Array(12)];
  const seal = () => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(header);
    const text = cipher.update(frame);
    cipher.final();
    return [text, cipher.getAuthTag()];
  };
  const [text, tag] = seal();
  const open = () => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(header);
    decipher.setAuthTag(tag);
    decipher.update(text);
    decipher.final();
  };
  const times = (act) => () => {
    for (let i = 0; i < CHUNK; i += 1) act();
  };
  return [
    { mode, name: 'node:crypto alone: play', prepare: () => undefined, run: times(seal) },
    { mode, name: 'node:crypto alone: receive', prepare: () => undefined, run: times(open) },
  ];
}
