/** `rxvoice/workers`: sessions in threads. */
export { workerEngine, type WorkerEngine, type WorkerEngineOptions } from './worker-engine.js';
