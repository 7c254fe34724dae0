/** All open voice WebSockets, and how new ones are accepted. */
import type { Region } from '../sessions/region.js';
import { ControlConnection } from './connection.js';
import type { ControlContext } from './context.js';
import { onMessage } from './on-message.js';
import type { ControlPort, UpgradeVerdict } from './port.js';

/** The WebSocket side of the server, for all of its ports. */
export class ControlConnections {
  readonly #open = new Set<ControlConnection>();
  #accepted = 0;

  constructor(private readonly context: ControlContext) {}

  /** The connections that are open now. */
  get open(): readonly ControlConnection[] {
    return [...this.#open];
  }

  /** Accepts the clients that connect to a region's port. */
  serve(port: ControlPort, region: Region): void {
    port.accept(this.context.settings.version, {
      onUpgrade: (verdict) => this.#onUpgrade(verdict),
      onSocket: (socket, version) => {
        const connection = new ControlConnection(++this.#accepted, socket, version, region, this.context, onMessage);
        this.#open.add(connection);
        socket.once('close', () => this.#open.delete(connection));
      },
    });
  }

  /** Breaks all of them without a close frame. */
  drop(): void {
    for (const connection of this.open) connection.drop();
  }

  #onUpgrade(verdict: UpgradeVerdict): void {
    const { faults, events } = this.context;
    const status = faults.refusals.take('socket', null);
    if (status === undefined) return faults.stages.pass('socket', () => verdict());
    events.emit({ type: 'refused', stage: 'socket', code: status, userId: null, guildId: null });
    verdict(status);
  }
}
