/**
 * Leaves whose echo may still be under way. A bot that joins again right after leaving also receives the echo of the leave: a voice state without a
 * channel, which looks like a kick.
 */
import { GuildTable } from './guild-table.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/** The time after which an echo must have come, whether or not anybody listened, in ms. */
const ECHO_MS = 5_000;

interface Leave {
  /** When it left, in ms of the membership's scheduler. */
  readonly at: number;
  /** The token that was named last, and may be repeated; undefined if the previous op 4 was not answered yet. */
  readonly token: string | undefined;
  /** Whether the membership listens to the gateway all the time: then it cannot have missed the echo. */
  readonly sure: boolean;
}

/** The last leave, kept from one membership to the next. */
const leaves = new GuildTable<Leave>();

/** The echo of a recent leave, as one membership waits for it. */
export class LeaveEcho {
  readonly #gateway$: GatewayPort;
  readonly #target: VoiceTarget;
  #leave: Leave | undefined;

  constructor(gateway$: GatewayPort, target: VoiceTarget) {
    this.#gateway$ = gateway$;
    this.#target = target;
  }

  /** Op 4 leaves, at `now` (ms). `token` is that of the voice server it leaves, if one was named. */
  left(now: number, token: string | undefined): void {
    leaves.set(this.#gateway$, this.#target, { at: now, token, sure: false });
  }

  /** Op 4 leaves, at `now` (ms), and this membership joins again itself. */
  leftToRejoin(now: number): void {
    this.#leave = { at: now, token: undefined, sure: true };
  }

  /** Op 4 joins: the echo of an earlier leave may follow. Each leave is waited for once. */
  joined(): void {
    this.#leave = leaves.get(this.#gateway$, this.#target);
    leaves.delete(this.#gateway$, this.#target);
  }

  /**
   * A voice server was reported. If it is the answer to the new op 4, the echo has passed: Discord sends events in order. It is not the answer if it
   * repeats the old token, or if it may be the late answer to the previous op 4.
   */
  told(token: string): void {
    const leave = this.#leave;
    if (leave === undefined || leave.sure || leave.token === token) return;
    this.#leave = leave.token === undefined ? { ...leave, token } : undefined;
  }

  /** Whether a voice state without a channel, at `now` (ms), is the echo. Valid for one call. */
  take(now: number): 'no' | 'perhaps' | 'surely' {
    const leave = this.#leave;
    this.#leave = undefined;
    if (leave === undefined || now >= leave.at + ECHO_MS) return 'no';
    return leave.sure ? 'surely' : 'perhaps';
  }
}
