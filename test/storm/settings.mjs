/** What the storm tells the server and the sessions: short deadlines, so that many faults take minutes. All in ms. */

export const HEARTBEAT = 300;
/** Of each stage but IP discovery, which is given time for three resends, and DAVE. */
export const STAGE = 800;
/** What IP discovery is given beyond a stage. */
export const DISCOVERY = 1_000;
const DAVE = 5_000;
/** A session that was ready for so long has got over the fault before. */
export const STABLE = 100;

/** Options of `connectVoice$`. By default nobody comes back after a kick; here everybody does, with tries enough for pile-ups. */
export function clientOptions(recoverBy, stage) {
  const comeBack = { action: 'wait', ms: 1_500, then: { action: 'rejoin' } };
  return {
    timeouts: { signalling: stage, socket: stage, hello: stage, ready: stage, description: stage, dave: DAVE, discovery: stage + DISCOVERY },
    recovery: recoverBy(
      { kicked: { action: 'rejoin' }, 'call-ended': { action: 'rejoin' }, 'no-endpoint': comeBack, closed: { 4014: comeBack, 4022: comeBack } },
      { tries: 8, firstDelay: 20, maxDelay: 300 },
    ),
    stableAfter: STABLE,
  };
}
