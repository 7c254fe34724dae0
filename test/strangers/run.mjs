/** `npm run test:strangers`: third-party voice libraries, in a call on 127.0.0.1 only. Exit code 1 if any step of a library fails. */
import { readFile, writeFile } from 'node:fs/promises';
import { Child } from '../bench/channel.mjs';
import { createIdentity } from '../bench/identity.mjs';
import { Progress } from '../bench/progress.mjs';
import { readArguments, USAGE } from './arguments.mjs';
import { GUESTS } from './guests.mjs';
import { hasArrived, stands, table, withTable } from './page.mjs';

const PAGE = new URL('../../docs/strangers.md', import.meta.url);
const MANIFESTS = { rxvoice: '../../package.json', '@discordjs/voice': '../../node_modules/@discordjs/voice/package.json' };
/** ms for all steps of a stranger. Each step has its own deadlines; this one covers hangs that they do not detect. */
const TO_END = 400_000;

async function main({ only, write }) {
  const progress = new Progress();
  const identity = await createIdentity();
  const rows = [];
  try {
    for (const guest of GUESTS.filter(({ name }) => only.includes(name))) {
      const command = await guest.prepare(identity.file, (what) => progress.say(what));
      progress.done();
      rows.push({ ...(await rowOf(guest.name, command, identity)), pending: guest.pending });
    }
  } finally {
    progress.done();
    await identity.remove();
  }
  const about = await hosts();
  console.log(`${about}\n\n${table(rows)}`);
  for (const { name, cells = [] } of rows)
    for (const { column, words } of cells) if (words) console.error(`\n${name}, ${column}, its last words on stderr:\n${words}`);
  for (const { name } of rows.filter(hasArrived)) console.error(`\n${name} lacks nothing any more: take \`pending\` from its row in guests.mjs`);
  if (write) await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), rows, about));
  return rows.every(stands);
}

async function rowOf(name, command, { file, tls }) {
  const child = new Child('../strangers/row.mjs', [], { env: { NODE_EXTRA_CA_CERTS: file } });
  try {
    return await child.ask('row', { name, command, tls }, TO_END);
  } catch (error) {
    return { name, error: error.message };
  } finally {
    await child.end();
  }
}

async function hosts() {
  const versions = Object.entries(MANIFESTS).map(async ([name, path]) => {
    const { version } = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
    return `${name} ${version}`;
  });
  return `In the call with ${(await Promise.all(versions)).join(' and ')}, Node ${process.version}`;
}

try {
  const options = readArguments(process.argv.slice(2), GUESTS.map(({ name }) => name)); // prettier-ignore
  if (options.help) console.log(USAGE);
  else if (!(await main(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error.message);
  process.exitCode = 1;
}
