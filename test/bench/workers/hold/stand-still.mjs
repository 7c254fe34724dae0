/** A sink that is stopped, and is not left so. */
import { isStopped } from './ports.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param sink the Child
 * @returns `check`, which throws where it has run meanwhile, and `end`, after which it runs
 */
export async function standStill(sink) {
  await sink.ask('narrow');
  // It could not find out by itself that this process has gone.
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
