/** The bot's gateway, which counts its commands. */
export function tappedGateway(server, userId) {
  const port = server.gateway(userId);
  const commands = { joins: 0, leaves: 0 };
  const next = (command) => {
    commands[command.d.channel_id === null ? 'leaves' : 'joins'] += 1;
    port.next(command);
  };
  return { gateway: { subscribe: (listener) => port.subscribe(listener), next }, commands };
}
