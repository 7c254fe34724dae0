/** The time of one media session: its pending calls are cancelled when it ends. */
export interface MediaTime {
  /** ms. */
  now(): number;
  /** Calls `act` once, `ms` later, after everything that had arrived by then, unless the media session is over by then. */
  after(ms: number, act: () => void): void;
}
