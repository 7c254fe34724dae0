/**
 * The bot's gateway, its commands counted. `answered`: an op 4 to the channel where the bot is already, while no WebSocket of it is open, is
 * answered with a server update too. Whether Discord does that is not documented; the server of rxvoice sends the state alone.
 */
export function tappedGateway(server, { guildId, userId, answered }) {
  const port = server.gateway(userId);
  const extra = new Set();
  const commands = { joins: 0, leaves: 0 };
  let alive = false;
  let where = null;
  server.events$.subscribe((event) => {
    if (event.type === 'identify' || event.type === 'resume') alive = true;
    if ((event.type === 'close' || event.type === 'session-ended') && event.userId === userId) alive = false;
    if (event.type === 'joined' || event.type === 'moved') where = event.channelId;
    if (event.type === 'left') where = null;
  });
  /** What the faults say about the server's own events holds for the one that is added, too. */
  let first = false;
  let held;
  const faults = {
    ...server.faults,
    eventOrder: (order) => {
      first = order === 'server-first';
      server.faults.eventOrder(order);
    },
    withholdEvent: (event, on) => {
      server.faults.withholdEvent(event, on);
      if (event !== 'server') return;
      const late = held ?? [];
      held = on ? [] : undefined;
      for (const tell of on ? [] : late) tell();
    },
  };
  const answer = (channelId) => {
    const { voiceServer } = server.admit({ guildId, channelId, userId });
    const tell = () => {
      for (const listener of extra) listener({ op: 0, t: 'VOICE_SERVER_UPDATE', s: null, d: voiceServer });
    };
    if (held === undefined) tell();
    else held.push(tell);
  };
  const next = (command) => {
    const { channel_id: channelId } = command.d;
    commands[channelId === null ? 'leaves' : 'joins'] += 1;
    const homeless = answered && !alive && channelId !== null && channelId === where;
    if (homeless && first) setImmediate(() => (answer(channelId), port.next(command)));
    else {
      port.next(command);
      if (homeless) setTimeout(() => answer(channelId), 2);
    }
  };
  const subscribe = (listener) => {
    const subscription = port.subscribe(listener);
    extra.add(listener);
    subscription.add(() => extra.delete(listener));
    return subscription;
  };
  return { gateway: { subscribe, next }, commands, faults };
}
