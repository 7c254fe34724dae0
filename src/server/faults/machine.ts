/** Faults of the whole machine. */

/** Faults of the server as a whole. The bot gateways are other machines: they keep who is in which channel. */
export interface MachineFaults {
  /**
   * The voice server crashes and is back at once, without state: every socket closes with 4015, and no session can be resumed. The option
   * `afterCrash` sets what the bot gateway sends then.
   */
  crash(): void;
  /**
   * The server goes down: every connection is reset, new ones are refused, datagrams to it are lost, and every session is forgotten. Resolves when
   * its ports are closed.
   */
  shutDown(): Promise<void>;
  /**
   * It comes back after {@link MachineFaults.shutDown}, on the same ports, without state; the option `afterCrash` applies here too. Rejects with the
   * error of node if a port is taken.
   */
  comeBack(): Promise<void>;
  /** Goes down for `downMs` milliseconds, then comes back. Resolves when it is back, or when the server was closed meanwhile. */
  restart(downMs: number): Promise<void>;
}
