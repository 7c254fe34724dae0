/** Why a far side lets go of a session that is to go on: it is about to end, and nothing is wrong. */
export class SessionMoved extends Error {
  /** @param letGo called when the session runs elsewhere, or not at all any more */
  constructor(readonly letGo: () => void) {
    super('the session is to go on elsewhere');
  }
}
