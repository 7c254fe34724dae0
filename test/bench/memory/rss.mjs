/** The memory that a process takes from the system per playing session: after a settling time, and after a garbage collection. */
import { Child } from '../channel.mjs';
import { median, turns } from './rounds.mjs';

/** ms allowed for the joins and the settling. */
const PATIENCE = 60_000;
/** RSS is the sum of V8's old and young spaces and the memory outside; then RSS and live JavaScript after a collection. */
const PARTS = ['rss', 'old', 'young', 'outside', 'collected', 'live'];

export async function compareRss({ server, env, mode }, libraries, count, { rounds, settle, play }) {
  const runs = new Map(libraries.map((library) => [library, []]));
  for (const library of turns(libraries, rounds)) {
    const child = new Child('./memory/child.mjs', [library], { env, execArgv: ['--expose-gc'] });
    try {
      const before = await child.ask('weigh');
      await child.ask('grow', { admissions: await server.ask('admit', { count }), mode, play, settle: settle * 1_000 }, PATIENCE);
      const after = await child.ask('weigh');
      const grown = (part) => (after[part] - before[part]) / count / 1024;
      runs.get(library).push(Object.fromEntries(PARTS.map((part) => [part, grown(part)])));
    } finally {
      await child.end();
    }
  }
  console.log(`\n| ${count} sessions, ${settle} s later, ${rounds} rounds | KB of RSS each | old space | new space | outside V8 | after a collection | live |\n${'|---'.repeat(7)}|`);
  for (const [library, all] of runs) {
    console.log(`| ${library} | ${PARTS.map((part) => median(all.map((run) => run[part])).toFixed(0)).join(' | ')} |`);
  }
}
