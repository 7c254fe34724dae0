/** Faults of the whole machine. */

/** What can happen to the server as a whole. The bot gateways are other machines: who is in which channel is not forgotten. */
export interface MachineFaults {
  /**
   * The voice server crashes and is back at once, empty: every socket closes with 4015, and no session can be resumed. What the bot gateway
   * says to that is the option `afterCrash`.
   */
  crash(): void;
  /**
   * The server goes down: every connection is reset, new ones are refused, datagrams to it go nowhere, and every session is
   * forgotten. Resolves when its ports are closed.
   */
  shutDown(): Promise<void>;
  /**
   * It comes back after {@link MachineFaults.shutDown}, on the same ports, empty; the option `afterCrash` holds here too. Rejects with the
   * error of node when a port is taken.
   */
  comeBack(): Promise<void>;
  /** Down for so many milliseconds, then back; resolves when it is, or when the server was closed meanwhile. */
  restart(downMs: number): Promise<void>;
}
