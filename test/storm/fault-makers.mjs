/** Makers for faults that have several variants. */
import { setImmediate } from 'node:timers/promises';

/** Closes the session's WebSocket with a code; 1006 means without a close frame. */
export const close = (code, more = {}) => ({
  name: code === 1006 ? 'WebSocket dropped (1006)' : `WebSocket closed with ${code}`,
  act: (c) => c.faults.closeSocket(c.singer, code),
  ...more,
});

/** Refuses once at a stage that a lost connection makes the client go through. */
export const refusal = (stage, code, cause) => ({
  needs: 'closeAfter',
  name: `refused at stage '${stage}' with ${code}, after ${cause}`,
  act: async (c) => {
    const refused = c.event('refused', (event) => event.stage === stage, 2 * c.stage + 2_000);
    c.faults.refuse(stage, code, { times: 1 });
    c.faults.closeSocket(c.singer, cause);
    await refused;
    c.faults.refuse(stage, null);
  },
});

/** Withholds a message beyond the client's deadline, then releases it too late. */
export const withheld = (stage, cause) => ({
  name: `no ${stage} in time, after ${cause}`,
  act: async (c) => {
    c.faults.withhold(stage, true);
    c.faults.closeSocket(c.singer, cause);
    await c.pause(c.stage + c.dice.whole(100, 400));
    c.faults.withhold(stage, false);
  },
});

/** Withholds an event of the bot gateway beyond the client's deadline, then dispatches it too late. */
export const unheard = (event, cause) => ({
  name: `VOICE_${event.toUpperCase()}_UPDATE withheld, after ${cause}`,
  act: async (c) => {
    c.faults.withholdEvent(event, true);
    c.faults.closeSocket(c.singer, cause);
    await c.pause(c.stage + c.dice.whole(100, 400));
    c.faults.withholdEvent(event, false);
  },
});

/** Applies the effects of a bad network to datagrams to the server, for a while. */
export const network = (name, fateOf, ms) => ({
  name,
  asks: 'fate',
  act: async (c) => {
    c.faults.datagrams((packet) => {
      if (packet.direction !== 'inbound' || packet.userId !== c.singer) return 'pass';
      const fate = fateOf(c.dice);
      if (fate !== 'pass') c.fate(packet.ssrc, packet.sequence, fate);
      return fate;
    });
    await c.pause(ms);
    c.faults.datagrams(null);
  },
});

/** Moves all members of the call, so that an encrypted call keeps its group. */
export const moveAll = (c, channelId) => {
  for (const userId of c.members) c.faults.move(userId, channelId);
};

/** Records that nothing can arrive while `act` takes the server down. Earlier datagrams are read first, since the kernel drops them with the port. */
export const deafWhile = async (c, act) => {
  await setImmediate();
  const from = c.now();
  await act();
  c.window?.(from, c.now());
};
