/** `rxvoice/nodes`: sessions on other machines, over NATS. */
export { natsEngine, type NatsEngine, type NatsEngineOptions } from './nats-engine.js';
export { voiceNode, type VoiceNode, type VoiceNodeOptions, type VoiceNodeState } from './voice-node.js';
export type { NatsConnectionLike, NatsMessage } from './connection.js';
export type { VoiceEngine } from '../driver/engine.js';
export type { NodeTransportsOptions } from '../net/transports.js';
export type { TlsSettings } from '../net/socket.js';
