/** What the system has given a process for each of so many sessions that play: as it stands after a settled time, and after a collection. */
import { Child } from '../channel.mjs';
import { median, turns } from './rounds.mjs';

/** ms for the joins and the settling. */
const PATIENCE = 60_000;

export async function compareRss({ server, env, mode }, libraries, count, { rounds, settle, play }) {
  const runs = new Map(libraries.map((library) => [library, []]));
  for (const library of turns(libraries, rounds)) {
    const child = new Child('./memory/child.mjs', [library], { env, execArgv: ['--expose-gc'] });
    try {
      const { rss: before } = await child.ask('weigh');
      await child.ask('grow', { admissions: await server.ask('admit', { count }), mode, play, settle: settle * 1_000 }, PATIENCE);
      const { rss, collected } = await child.ask('weigh');
      runs.get(library).push({ rss: (rss - before) / count / 1024, collected: (collected - before) / count / 1024 });
    } finally {
      await child.end();
    }
  }
  console.log(`\n| ${count} sessions, ${settle} s later, ${rounds} rounds | KB of RSS each | after a collection |\n|---|---|---|`);
  for (const [library, all] of runs) {
    console.log(`| ${library} | ${median(all.map(({ rss }) => rss)).toFixed(0)} | ${median(all.map(({ collected }) => collected)).toFixed(0)} |`);
  }
}
