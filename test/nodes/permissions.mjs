/** The permissions of bots and nodes that docs/scaling.md lists, as a server configuration. The test runs with exactly these. */
export const PREFIX = 'rxvoice';
export const BOT = '1000';
export const PASSWORD = 'test';

const STREAMS = [`KV_${PREFIX}-nodes`, `KV_${PREFIX}-sessions`];
/** Only nodes use this stream. */
export const POSITIONS = `KV_${PREFIX}-positions`;

export const PERMISSIONS = {
  bot: {
    publish: [
      `${PREFIX}.node.*.${BOT}.>`,
      '$JS.API.INFO',
      ...STREAMS.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
      `$JS.API.CONSUMER.*.${STREAMS[0]}.>`,
      `$JS.API.STREAM.MSG.GET.${STREAMS[1]}`,
      '$JS.FC.>',
    ],
    subscribe: [`${PREFIX}.bot.${BOT}.>`, '_INBOX.>'],
  },
  node: {
    publish: [
      `${PREFIX}.bot.>`,
      '$JS.API.INFO',
      ...[...STREAMS, POSITIONS].flatMap((stream) => ['CREATE', 'INFO', 'MSG.GET'].map((what) => `$JS.API.STREAM.${what}.${stream}`)),
      `$KV.${PREFIX}-nodes.>`,
      `$KV.${PREFIX}-sessions.>`,
      `$KV.${PREFIX}-positions.>`,
    ],
    subscribe: [`${PREFIX}.node.>`, '_INBOX.>'],
  },
};

/** Returns the configuration file of a nats-server. */
export function configuration() {
  const users = Object.entries(PERMISSIONS).map(([user, permissions]) => ({ user, password: PASSWORD, permissions }));
  return JSON.stringify({ authorization: { users } });
}
