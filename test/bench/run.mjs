/** `npm run bench`: rxvoice and @discordjs/voice in turn, against one server process, on 127.0.0.1 only. */
import { readFile, writeFile } from 'node:fs/promises';
import { readArguments, USAGE } from './arguments.mjs';
import { Child } from './channel.mjs';
import { createIdentity } from './identity.mjs';
import { measure, medianOf } from './measure.mjs';
import { measureMembers } from './members.mjs';
import { Progress } from './progress.mjs';
import { qualityTable, withQuality } from './quality/page.mjs';
import { measureRadio } from './radio.mjs';
import { compareReceiving } from './receive.mjs';
import { overFloor, STALL_COLUMNS, table } from './table.mjs';

const AES = 'aead_aes256_gcm_rtpsize';
const STALL_SESSIONS = 5;
const STALL_MS = 100;

async function main(options) {
  if (options.quality) return quality(options);
  const progress = new Progress();
  const identity = await createIdentity();
  const env = { NODE_EXTRA_CA_CERTS: identity.file };
  const children = [];
  const senders = [{ library: 'discordjs', mode: AES }, ...options.modes.map((mode) => ({ library: 'rxvoice', mode }))];
  const results = { node: process.version, seconds: options.seconds, paced: [], stalled: [], dave: [], received: [], members: [], radio: [] };

  /** Runs all senders in turn, once per round, so that other load on the machine affects all alike. */
  const compare = async (server, sessions, { stall = 0, listeners, floor = false } = {}) => {
    const contestants = floor ? [...senders, { library: 'bare', mode: AES }] : senders;
    const runs = contestants.map(() => []);
    for (let round = 0; round < options.rounds; round++) {
      for (const [i, sender] of contestants.entries()) {
        const kind = `${stall > 0 ? ', stalled' : ''}${listeners ? ', DAVE' : ''}`;
        progress.say(`${sessions} sessions${kind}: ${sender.library} ${sender.mode}, round ${round + 1}`);
        runs[i].push(await measure(server, sender, { sessions, seconds: options.seconds, stall, listeners, env }));
      }
    }
    return overFloor(runs.map(medianOf), 'cpuPerFrame');
  };
  const print = (text) => {
    progress.done();
    if (!options.json) console.log(text);
  };

  const tell = async () => {
    if (options.json) console.log(JSON.stringify(results));
    if (options.save !== undefined) await writeFile(options.save, JSON.stringify(results));
  };

  const start = (script) => {
    const child = new Child(script, [], { env });
    children.push(child);
    return child;
  };
  const serve = async (dave) => {
    const server = start('./server.mjs');
    await server.ask('start', { tls: identity.tls, dave });
    return server;
  };

  try {
    print(`Node ${process.version}, ${options.seconds} s each, 160-byte frames of 20 ms, (rxvoice / discordjs)`);
    if (options.members) {
      results.members.push(...(await measureMembers(options, { start, identity, progress, print })));
      return await tell();
    }
    if (options.radio) {
      results.radio.push(...(await measureRadio(options, { start, identity, progress, print })));
      return await tell();
    }
    if (options.receive) {
      results.received.push(...(await compareReceiving(options, { start, identity, env, progress, print })));
      return await tell();
    }
    const plain = options.dave === 'only' ? undefined : await serve(false);
    for (const sessions of options.counts) {
      const rows = await compare(plain, sessions, { floor: options.floor });
      results.paced.push(...rows);
      print(`\nN = ${sessions}\n${table(rows)}`);
    }
    if (options.stall) {
      const rows = await compare(plain, STALL_SESSIONS, { stall: STALL_MS });
      results.stalled.push(...rows);
      print(`\nmain thread blocked ${STALL_MS} ms each second, N = ${STALL_SESSIONS}\n${table(rows, STALL_COLUMNS)}`);
    }
    const encrypted = options.dave === 'off' ? undefined : await serve(true);
    const listeners = options.dave === 'off' ? undefined : start('./listener.mjs');
    for (const sessions of options.daveCounts) {
      const rows = await compare(encrypted, sessions, { listeners });
      results.dave.push(...rows);
      print(`\nDAVE, N = ${sessions}\n${table(rows)}`);
    }
    await tell();
  } finally {
    progress.done();
    await Promise.all(children.map((child) => child.end()));
    await identity.remove();
  }
}

/** Checks accuracy, not speed: one process, without another library to compare with. */
async function quality({ seconds, json, save, write }) {
  const { compareQuality } = await import('./quality/compare.mjs');
  const rows = await compareQuality({ seconds });
  const told = JSON.stringify({ node: process.version, seconds, quality: rows });
  console.log(json ? told : qualityTable(rows));
  if (save !== undefined) await writeFile(save, told);
  if (!write) return;
  const page = new URL('../../docs/quality.md', import.meta.url);
  await writeFile(page, withQuality(await readFile(page, 'utf8'), rows, seconds));
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await main(options);
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
