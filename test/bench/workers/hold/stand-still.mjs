/** Stops a sink, and makes sure that it does not stay stopped. */
import { isStopped } from './ports.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param sink the Child
 * @returns `check`, which throws if it has run in the meantime, and `end`, after which it runs again
 */
export async function standStill(sink) {
  await sink.ask('narrow');
  // A stopped process cannot notice that this process has ended, so it is killed.
  const killed = (signal) => {
    sink.signal('SIGKILL');
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, killed);
  sink.signal('SIGSTOP');
  return {
    check: () => {
      if (!isStopped(sink.pid)) throw new Error('the sink has run meanwhile: it took a share of the cores');
    },
    end: () => {
      for (const signal of SIGNALS) process.off(signal, killed);
      sink.signal('SIGCONT');
    },
  };
}
