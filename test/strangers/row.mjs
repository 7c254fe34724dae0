/** Child process, which has been told what certificate to trust: takes one stranger through all steps, and so to a row of the table. */
import { answer } from '../bench/channel.mjs';
import { Progress } from '../bench/progress.mjs';
import { Call } from './call.mjs';
import { STEPS } from './steps.mjs';

answer({ row: ({ name, command, tls }) => row(name, () => Call.open(tls, command)) });

/** A step that fails ends the call, and the next has a new one: each cell stands for itself. Whoever cannot join is asked no further. */
async function row(name, open) {
  const progress = new Progress();
  const cells = [];
  let identity;
  let call;
  const leave = async () => {
    const ended = call;
    call = undefined;
    await ended?.close();
  };
  for (const { column, take } of STEPS) {
    const [entrance] = cells;
    if (entrance?.failure !== undefined) {
      cells.push({ column });
      continue;
    }
    progress.say(`${name}: ${column}`);
    try {
      if (call === undefined) {
        call = await open();
        identity = call.guest.identity;
        if (entrance !== undefined) await call.enter();
      }
      cells.push({ column, result: await take(call) });
    } catch (error) {
      cells.push({ column, failure: error.message, words: call?.guest.lastWords });
      await leave();
    }
  }
  progress.say(`${name}: leaves`);
  await leave();
  progress.done();
  return { name, identity, cells };
}
