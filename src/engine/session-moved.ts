/** The reason why a far side releases a session that is to go on: the far side is about to end, and nothing is wrong. */
export class SessionMoved extends Error {
  /** @param letGo called when the session runs elsewhere, or no longer runs */
  constructor(readonly letGo: () => void) {
    super('the session is to go on elsewhere');
  }
}
