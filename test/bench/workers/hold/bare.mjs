/** The floor: threads that only send. Sessions are assigned to them in turn. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export async function create(threads) {
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./bare-thread.mjs', import.meta.url)));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const ask = async (worker, message) => {
    const done = once(worker, 'message');
    worker.postMessage(message);
    await done;
  };
  return {
    join: async (admissions) => {
      await Promise.all(workers.map((worker, k) => ask(worker, { open: admissions.filter(({ index }) => index % threads === k) })));
    },
    plays: () => workers.map((worker) => () => ask(worker, { play: true })),
  };
}
