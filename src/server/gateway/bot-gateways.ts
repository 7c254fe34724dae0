/** The bot gateways in this process: one per user, each a stream of dispatches that also takes op 4 commands. */
import { Subject } from 'rxjs';
import { gatewayPort, type GatewayPayload, type GatewayPort } from '../../gateway/port.js';
import { GatewayOp } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';

interface BotGateway {
  readonly events: Subject<GatewayPayload>;
  readonly port: GatewayPort;
  /** The `s` of the last dispatch. */
  sequence: number;
}

/** One stream of dispatches per user, numbered with an ascending `s`. */
export class BotGateways {
  readonly #gateways = new Map<Snowflake, BotGateway>();
  #completed = false;

  /** @param onCommand called with each value passed to a port's `next` */
  constructor(private readonly onCommand: (userId: Snowflake, command: unknown) => void) {}

  /** The user's port: always the same one. */
  port(userId: Snowflake): GatewayPort {
    let gateway = this.#gateways.get(userId);
    if (gateway === undefined) {
      const events = new Subject<GatewayPayload>();
      if (this.#completed) events.complete();
      const port = gatewayPort(events, (command) => this.onCommand(userId, command));
      gateway = { events, port, sequence: 0 };
      this.#gateways.set(userId, gateway);
    }
    return gateway.port;
  }

  /** Dispatches to one user; does nothing if the user has no gateway here. */
  dispatch(userId: Snowflake, t: string, d: object): void {
    const gateway = this.#gateways.get(userId);
    if (gateway !== undefined) gateway.events.next({ op: GatewayOp.Dispatch, t, s: ++gateway.sequence, d });
  }

  /** Dispatches READY: a new session of the user's gateway, whose `s` restarts. */
  ready(userId: Snowflake, d: object): void {
    const gateway = this.#gateways.get(userId);
    if (gateway === undefined) return;
    gateway.sequence = 0;
    this.dispatch(userId, 'READY', d);
  }

  /** Dispatches to everybody, as Discord does with voice states. */
  broadcast(t: string, d: object): void {
    for (const userId of this.#gateways.keys()) this.dispatch(userId, t, d);
  }

  /** Completes every stream, including those of ports requested later. */
  complete(): void {
    this.#completed = true;
    for (const { events } of this.#gateways.values()) events.complete();
  }
}
