/**
 * Leaves whose echo may still be under way. Who joins again right after leaving is told of the leave as well: a voice state without a
 * channel, which looks like a kick.
 */
import { GuildTable } from './guild-table.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/** ms after which an echo has come, whether or not anybody listened. */
const ECHO_MS = 5_000;

interface Leave {
  /** ms of the scheduler that left. */
  readonly at: number;
  /** The token that was named last, and may be repeated; undefined where the op 4 before was not answered yet. */
  readonly token: string | undefined;
  /** Whether the gateway is listened to all the time: then the echo cannot have come unheard. */
  readonly sure: boolean;
}

/** What was last left, from one membership to the next. */
const leaves = new GuildTable<Leave>();

/** The echo of a leave just before, as one membership waits for it. */
export class LeaveEcho {
  readonly #gateway$: GatewayPort;
  readonly #target: VoiceTarget;
  #leave: Leave | undefined;

  constructor(gateway$: GatewayPort, target: VoiceTarget) {
    this.#gateway$ = gateway$;
    this.#target = target;
  }

  /** Op 4 leaves, at `now` (ms). `token`: that of the voice server it leaves, if one was named. */
  left(now: number, token: string | undefined): void {
    leaves.set(this.#gateway$, this.#target, { at: now, token, sure: false });
  }

  /** Op 4 leaves, at `now` (ms), and this membership joins again itself. */
  leftToRejoin(now: number): void {
    this.#leave = { at: now, token: undefined, sure: true };
  }

  /** Op 4 joins: a leave before it may echo. Each leave is waited for once. */
  joined(): void {
    this.#leave = leaves.get(this.#gateway$, this.#target);
    leaves.delete(this.#gateway$, this.#target);
  }

  /**
   * A voice server was told of. If it is the answer to the new op 4, the echo has been: Discord tells of things in order. It is not
   * where it repeats the token of before, nor where it may be the answer that was due to the op 4 of before.
   */
  told(token: string): void {
    const leave = this.#leave;
    if (leave === undefined || leave.sure || leave.token === token) return;
    this.#leave = leave.token === undefined ? { ...leave, token } : undefined;
  }

  /** Whether a voice state without a channel, at `now` (ms), is the echo. Asked once. */
  take(now: number): 'no' | 'perhaps' | 'surely' {
    const leave = this.#leave;
    this.#leave = undefined;
    if (leave === undefined || now >= leave.at + ECHO_MS) return 'no';
    return leave.sure ? 'surely' : 'perhaps';
  }
}
