/** What docs/scaling.md says that bots and nodes need to be allowed, as the configuration of a server. The test runs with no more than that. */
export const PREFIX = 'rxvoice';
export const BOT = '1000';
export const PASSWORD = 'test';

const STREAMS = [`KV_${PREFIX}-nodes`, `KV_${PREFIX}-sessions`];
/** The nodes' alone. */
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

/** As a nats-server reads it. */
export function configuration() {
  const users = Object.entries(PERMISSIONS).map(([user, permissions]) => ({ user, password: PASSWORD, permissions }));
  return JSON.stringify({ authorization: { users } });
}
