/** Child process, started with the certificate to trust in its environment: takes one stranger through all steps, and makes a row of the table. */
import { answer } from '../bench/channel.mjs';
import { Progress } from '../bench/progress.mjs';
import { Call } from './call.mjs';
import { STEPS } from './steps.mjs';

answer({ row: ({ name, command, tls }) => row(name, () => Call.open(tls, command)) });

/** A failing step ends the call, and the next step gets a new one, so that cells are independent. If joining fails, no other step is tried. */
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
      call.closes = [];
      cells.push({ column, result: await take(call) });
    } catch ({ message, words = call?.guest.lastWords }) {
      const closes = call?.closes ?? [];
      const failure = closes.length === 0 ? message : `${message}; the server closed its WebSocket with ${closes.join(', ')}`;
      cells.push({ column, failure, words });
      await leave();
    }
  }
  progress.say(`${name}: leaves`);
  await leave();
  progress.done();
  return { name, identity, cells };
}
