/** What all bots and guilds of one virtual world share: time, settings, numbers and journal. */
import { timer, type SchedulerLike, type Subscription } from 'rxjs';
import type { EncryptionMode } from '../../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { Journal } from './journal.js';
import type { VirtualSilence, VirtualVoiceOptions } from './virtual-world.js';

const FIRST_SSRC = 1001;

export class World {
  readonly scheduler: SchedulerLike;
  readonly eventOrder: 'state-first' | 'server-first';
  readonly heartbeatInterval: number;
  readonly version: VoiceGatewayVersion;
  readonly modes: readonly EncryptionMode[];
  readonly daveVersion: number;
  /** Whether the calls are end-to-end encrypted, by the fake library. */
  readonly dave: boolean;
  /** Undefined if no rules check the events. */
  readonly journal: Journal | undefined;
  readonly #roundTrip: number;
  #silent: ReadonlySet<VirtualSilence>;
  #lost: number;
  #ssrc = FIRST_SSRC - 1;
  #token = 0;
  #seats = 0;

  constructor(options: VirtualVoiceOptions, journal?: Journal) {
    this.scheduler = options.scheduler;
    this.eventOrder = options.eventOrder ?? 'state-first';
    this.heartbeatInterval = options.heartbeatInterval ?? 13_750;
    this.version = options.version ?? 8;
    this.modes = options.modes ?? ['aead_aes256_gcm_rtpsize'];
    this.dave = options.dave ?? false;
    this.daveVersion = options.daveVersion ?? (this.dave ? 1 : 0);
    this.journal = journal;
    this.#roundTrip = options.roundTrip ?? 10;
    this.#silent = new Set(options.silent);
    this.#lost = options.lostDiscoveries ?? 0;
  }

  /** Acts after some round trips, unless that event is silent by then. */
  later(silence: VirtualSilence, rounds: number, act: () => void): Subscription {
    return timer(rounds * this.#roundTrip, this.scheduler).subscribe(() => {
      if (!this.#silent.has(silence)) act();
    });
  }

  silence(silent: readonly VirtualSilence[]): void {
    this.#silent = new Set(silent);
  }

  /** Whether this discovery request is lost. */
  losesDiscovery(): boolean {
    return this.#lost-- > 0;
  }

  nextSsrc(): number {
    return (this.#ssrc += 1);
  }

  nextToken(): string {
    return `token-${(this.#token += 1)}`;
  }

  /** Seats are numbered, so that each has its own port and key. */
  nextSeat(): number {
    return this.#seats++;
  }
}
