/** Turns the whole server off and on, as seen by its clients. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { CloseCode } from '../../protocol/close-codes.js';
import type { ControlConnections } from '../control/connections.js';
import type { EventLog } from '../events.js';
import type { SessionRegistry } from '../sessions/registry.js';
import type { Regions } from './regions.js';

/** The parts that are turned off and on. */
export interface PowerParts {
  readonly regions: Regions;
  readonly registry: SessionRegistry;
  readonly connections: ControlConnections;
  readonly events: EventLog;
  readonly scheduler: SchedulerLike;
  /** Called when the server is back. */
  readonly onBack: () => void;
}

const NOBODY = { userId: null, guildId: null } as const;

/** Makes one change at a time, in the order of the calls. */
export class PowerSwitch {
  #last: Promise<void> = Promise.resolve();
  #up = true;
  /** Settled by {@link PowerSwitch.dispose}: nothing is turned on after it. */
  readonly #disposed = new Subscription();

  constructor(private readonly parts: PowerParts) {}

  /** Resolves when every port is closed. */
  off(): Promise<void> {
    return this.#then(async () => {
      if (!this.#up) return;
      this.#up = false;
      const { connections, events, regions, registry } = this.parts;
      // The ports first: their connections must be reset, not closed gracefully.
      const shut = regions.shut();
      connections.drop();
      registry.endAll(CloseCode.Abnormal, 'the server went down');
      await shut;
      events.emit({ type: 'down', ...NOBODY });
    });
  }

  /** Resolves when every port is open again. @throws the error of node if one is taken */
  on(): Promise<void> {
    return this.#then(async () => {
      if (this.#up) return;
      await this.parts.regions.reopen();
      this.#up = true;
      this.parts.events.emit({ type: 'up', ...NOBODY });
      this.parts.onBack();
    });
  }

  /** Off for `ms`, then on. */
  async cycle(ms: number): Promise<void> {
    await this.off();
    await new Promise<void>((resolve) => {
      const timer = this.parts.scheduler.schedule(() => resolve(), ms);
      timer.add(resolve);
      this.#disposed.add(timer);
    });
    await this.on();
  }

  /** The server is closed for good. Resolves when no change is in progress. */
  dispose(): Promise<void> {
    this.#disposed.unsubscribe();
    return this.#last;
  }

  #then(change: () => Promise<void>): Promise<void> {
    const result = this.#last.then(() => (this.#disposed.closed ? undefined : change()));
    this.#last = result.catch(() => undefined);
    return result;
  }
}
