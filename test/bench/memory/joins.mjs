/** The cost of concurrent joins: CPU and time of `count` joins, each round of each library in a new process. */
import { Child } from '../channel.mjs';
import { median, turns } from './rounds.mjs';

/** ms; a join that takes longer counts as failed and is reported, so that it does not block the rest. */
const PATIENCE = 30_000;

export async function compareJoins({ server, env, mode }, libraries, count, rounds) {
  const runs = new Map(libraries.map((library) => [library, []]));
  for (const library of turns(libraries, rounds)) runs.get(library).push(await joinsOf({ server, env, mode }, library, count));
  console.log(`\n| ${count} joins at once, ${rounds} rounds | CPU, ms each | least | ms until the last |\n|---|---|---|---|`);
  for (const [library, all] of runs) {
    const cpu = all.map(({ joinCpu }) => joinCpu / count);
    console.log(`| ${library} | ${median(cpu).toFixed(2)} | ${Math.min(...cpu).toFixed(2)} | ${median(all.map(({ joinMs }) => joinMs)).toFixed(0)} |`);
  }
}

async function joinsOf({ server, env, mode }, library, count) {
  const child = new Child('./sender.mjs', [library], { env });
  try {
    const admissions = await server.ask('admit', { count });
    const joined = await child.ask('join', { admissions, mode, dave: false }, PATIENCE);
    await child.ask('leave');
    return joined;
  } finally {
    await child.end();
  }
}
