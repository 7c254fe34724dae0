import type { VoiceUnsupportedError } from '../../errors.js';
import type { WireMessage } from '../../protocol/frames.js';

/** The world of a DaveMachine. */
export interface DaveHost {
  send(message: WireMessage): void;
  /** ms. */
  now(): number;
  /** Calls `act` once, `ms` later. */
  after(ms: number, act: () => void): void;
  /** The machine's state, `sendable` or `settled` may have changed. */
  changed(): void;
  /** Something was received that cannot be used, and was left at that. */
  ignored(what: string, reason: string): void;
  /** The provider cannot do what this call needs. The machine does nothing any more. */
  failed(error: VoiceUnsupportedError): void;
}
