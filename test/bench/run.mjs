/** `npm run bench`: rxvoice and @discordjs/voice in turn, against one server process, on 127.0.0.1 only. */
import { readArguments, USAGE } from './arguments.mjs';
import { Child } from './channel.mjs';
import { createIdentity } from './identity.mjs';
import { measure, medianOf } from './measure.mjs';
import { Progress } from './progress.mjs';
import { STALL_COLUMNS, table } from './table.mjs';

const AES = 'aead_aes256_gcm_rtpsize';
const STALL_SESSIONS = 5;
const STALL_MS = 100;

async function main(options) {
  const progress = new Progress();
  const identity = await createIdentity();
  const server = new Child('./server.mjs');
  const env = { NODE_EXTRA_CA_CERTS: identity.file };
  const senders = [{ library: 'discordjs', mode: AES }, ...options.modes.map((mode) => ({ library: 'rxvoice', mode }))];
  const results = { node: process.version, seconds: options.seconds, paced: [], stalled: [] };

  /** All senders in turn, as often as there are rounds, so that what else the machine does meets each alike. */
  const compare = async (sessions, stall) => {
    const runs = senders.map(() => []);
    for (let round = 0; round < options.rounds; round++) {
      for (const [i, sender] of senders.entries()) {
        progress.say(`${sessions} sessions${stall > 0 ? ', stalled' : ''}: ${sender.library} ${sender.mode}, round ${round + 1}`);
        runs[i].push(await measure(server, sender, { sessions, seconds: options.seconds, stall, env }));
      }
    }
    return runs.map(medianOf);
  };
  const print = (text) => {
    progress.done();
    if (!options.json) console.log(text);
  };

  try {
    await server.ask('start', { tls: identity.tls });
    print(`Node ${process.version}, ${options.seconds} s each, 160-byte frames of 20 ms, (rxvoice / discordjs)`);
    for (const sessions of options.counts) {
      const rows = await compare(sessions, 0);
      results.paced.push(...rows);
      print(`\nN = ${sessions}\n${table(rows)}`);
    }
    if (options.stall) {
      const rows = await compare(STALL_SESSIONS, STALL_MS);
      results.stalled.push(...rows);
      print(`\nmain thread blocked ${STALL_MS} ms each second, N = ${STALL_SESSIONS}\n${table(rows, STALL_COLUMNS)}`);
    }
    if (options.json) console.log(JSON.stringify(results));
  } finally {
    progress.done();
    await server.end();
    await identity.remove();
  }
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await main(options);
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
