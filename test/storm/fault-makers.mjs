/** The faults that come in several forms. */
import { setImmediate } from 'node:timers/promises';

/** The session's WebSocket is closed with a code; 1006 is no close frame at all. */
export const close = (code, more = {}) => ({
  name: code === 1006 ? 'WebSocket dropped (1006)' : `WebSocket closed with ${code}`,
  act: (c) => c.faults.closeSocket(c.singer, code),
  ...more,
});

/** Refuses at a stage once, while a lost connection makes the client go through it. */
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

/** Holds a message back beyond the client's deadline, and then lets it go: too late. */
export const withheld = (stage, cause) => ({
  name: `no ${stage} in time, after ${cause}`,
  act: async (c) => {
    c.faults.withhold(stage, true);
    c.faults.closeSocket(c.singer, cause);
    await c.pause(c.stage + c.dice.whole(100, 400));
    c.faults.withhold(stage, false);
  },
});

/** Holds an event of the bot gateway back beyond the client's deadline, and then dispatches it: too late. */
export const unheard = (event, cause) => ({
  name: `VOICE_${event.toUpperCase()}_UPDATE withheld, after ${cause}`,
  act: async (c) => {
    c.faults.withholdEvent(event, true);
    c.faults.closeSocket(c.singer, cause);
    await c.pause(c.stage + c.dice.whole(100, 400));
    c.faults.withholdEvent(event, false);
  },
});

/** What a bad network does to datagrams on their way to the server, for a while. */
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

/** Everybody who is in the call goes along, so that an encrypted one does not fall apart. */
export const moveAll = (c, channelId) => {
  for (const userId of c.members) c.faults.move(userId, channelId);
};

/** The server is gone: nothing that is sent meanwhile can arrive. What was sent before is read first: the kernel drops it with the port. */
export const deafWhile = async (c, act) => {
  await setImmediate();
  const from = c.now();
  await act();
  c.window?.(from, c.now());
};
