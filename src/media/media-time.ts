/** The time of one media session: what waits is forgotten with it. */
export interface MediaTime {
  /** ms. */
  now(): number;
  /** Calls `act` once, `ms` later and behind all that had come by then, unless the media session is over by then. */
  after(ms: number, act: () => void): void;
}
