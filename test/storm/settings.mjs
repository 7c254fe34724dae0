/** Settings of the storm's server and sessions: short deadlines, so that many faults take only minutes. All in ms. */

export const HEARTBEAT = 300;
/** The deadline of each stage except IP discovery, which needs time for three resends, and DAVE. */
export const STAGE = 800;
/** Extra time for IP discovery, added to a stage. */
export const DISCOVERY = 1_000;
const DAVE = 5_000;
/** A session that has been ready for this long has recovered from the last fault. */
export const STABLE = 100;

/** Options of `connectVoice$`. By default a session does not rejoin after a kick; here it does, with enough retries for overlapping faults. */
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
