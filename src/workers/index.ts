/** `rxvoice/workers`: sessions in threads. */
export { workerEngine, type WorkerEngine, type WorkerEngineOptions } from './worker-engine.js';
export type { VoiceEngine } from '../driver/engine.js';
export type { NodeTransportsOptions } from '../net/transports.js';
export type { TlsSettings } from '../net/socket.js';
