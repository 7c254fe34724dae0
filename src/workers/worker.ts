/** The script of a thread of {@link workerEngine}: sessions with their clock, sockets and keys. */
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

/** What the engine passes to a thread when it starts. */
export interface WorkerData {
  readonly transports: NodeTransportsOptions;
  readonly memory: SharedMemory;
}

/** How late, in ms, a listener in the main thread may be told that a frame was sent. */
const SENT_EVERY_MS = 220;

const { transports: settings, memory } = workerData as WorkerData;
const port = enginePort(parentPort!, { sentEvery: SENT_EVERY_MS, beside: (tell, wake) => new ThreadLine(memory, tell, wake) });
// If a waiting `sent` event were lost, the next thread would send that frame again.
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
