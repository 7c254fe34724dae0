/** What runs in a thread of {@link workerEngine}: sessions with their clock, sockets and keys. */
import { parentPort, workerData } from 'node:worker_threads';
import { daveyProvider } from '../dave/davey.js';
import { drive$ } from '../driver/drive.js';
import { resolveOptions } from '../driver/resolve-options.js';
import { insulated } from '../edge.js';
import { serveEngine, type OpenSource } from '../engine/serve-engine.js';
import { VoiceOptionsError } from '../errors.js';
import { ownTransports, type NodeTransportsOptions } from '../net/transports.js';
import { lateFrames } from './late-frames.js';
import { enginePort } from './message-port.js';
import type { SharedMemory } from './shared/line.js';
import { ThreadLine } from './shared/thread-line.js';

/** What the engine tells a thread at its start. */
export interface WorkerData {
  readonly transports: NodeTransportsOptions;
  readonly memory: SharedMemory;
}

/** So late (ms) a listener in the main thread may hear of a frame that was sent. */
const SENT_EVERY_MS = 220;

const { transports: settings, memory } = workerData as WorkerData;
const port = enginePort(parentPort!, { sentEvery: SENT_EVERY_MS, beside: (tell, wake) => new ThreadLine(memory, tell, wake) });
// What was sent and waits to be told would be sent again by the thread that goes on.
process.once('exit', port.flush);
const open: OpenSource = (description) =>
  lateFrames(async () => {
    const { openSource } = await import('./open-source.js').catch((cause: unknown) => {
      throw new VoiceOptionsError('script', "has lost what opens sources: bundle worker.js with all that it imports, or give the engine `sources: 'none'`", { cause });
    });
    return openSource(description);
  });
const transports = ownTransports(settings);
serveEngine(
  port,
  (signals$, options, guildId) => drive$(insulated(signals$), resolveOptions(options, { transports: () => transports, dave: daveyProvider }), guildId),
  open,
);
