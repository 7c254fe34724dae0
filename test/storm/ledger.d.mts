/** Types of ledger.mjs, for its test. */
export interface Account {
  readonly sent: number;
  readonly arrived: number;
  readonly lostByRule: number;
  readonly unheard: number;
  readonly deaf: number;
  readonly unaccounted: number;
  readonly heard: number;
  readonly violations: readonly string[];
}

interface Wire {
  readonly ssrc: number;
  readonly sequence: number;
}

export class Ledger {
  constructor(options: { readonly readable: boolean });
  datagram(ssrc: number, sequence: number, at: number): void;
  sent(event: { readonly sequence: number; readonly position: number }): void;
  accepted(packet: Wire & { readonly payload: Uint8Array }): void;
  refused(event: { readonly reason: string; readonly ssrc: number | null }): void;
  ended(event: { readonly ssrc: number }, at: number): void;
  fate(ssrc: number, sequence: number, what: 'drop' | 'duplicate' | number): void;
  window(from: number, to: number): void;
  heard(ssrc: number, sequence: number, frame: Uint8Array): void;
  audit(): Account;
}
