/** A simulated Discord receives what nobody should send: it refuses, and goes on. */
import fc from 'fast-check';
import { request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from '../../../src/server/discord/rest/routes/index.js';
import type { RestContext } from '../../../src/server/discord/rest/context.js';
import { startDiscord, type Guild, type LoopbackDiscord } from '../../../src/server/index.js';
import { RawShard } from '../../support/raw-shard.js';

let discord: LoopbackDiscord;
let guild: Guild;
beforeAll(async () => {
  discord = await startDiscord({ rateLimits: false });
  guild = discord.guild({ channels: { general: 'text', lounge: 'voice', stage: 'stage' }, members: ['alice'], botMay: ['ADMINISTRATOR'] });
});
afterAll(() => discord.close());

/** Sends a request without a client library that would correct it. */
async function ask(method: string, path: string, body: string, contentType = 'application/json'): Promise<number> {
  const asked = request({
    port: discord.port,
    method,
    path,
    headers: { authorization: `Bot ${discord.token}`, 'content-type': contentType },
  });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  await text(answer);
  return answer.statusCode!;
}

describe('REST', () => {
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '[null,1]',
    '"x"',
    '{"type":4,"name":"x","options":[null],"content":5,"data":1,"channel_id":"x","permission_overwrites":[5],"roles":[5],"recipient_id":{}}',
  ];
  const ids = (): readonly string[] => [
    'x',
    '5',
    '%E0%A4%A',
    guild.id,
    guild.channel('general').id,
    guild.channel('stage').id,
    guild.bot.id,
  ];

  it('answers each route with a refusal, or with less than was hoped for, and never with an error of its own', async () => {
    // Leaves out routes that delete what later requests need.
    const routes = allRoutes({ world: {} } as RestContext).filter(
      ({ method, path }) => method !== 'DELETE' || /:message|:command|stage/.test(path),
    );
    const statuses = await Promise.all(
      routes.flatMap(({ method, path }) =>
        bodies.map(async (body, at) => {
          const id = ids()[at % ids().length]!;
          const filled = `${path.replace(/:\w+/g, (name) => (name === ':guild' && at > 2 ? guild.id : id))}?limit=x&after=x&before=5`;
          return [
            await ask(method, `/api/v10${filled}`, body, at === 0 ? 'multipart/form-data; boundary=x' : undefined),
            `${method} ${filled} ${body}`,
          ] as const;
        }),
      ),
    );
    expect(statuses.filter(([status]) => status >= 500)).toEqual([]);
    expect(statuses.filter(([status]) => status === 400).length).toBeGreaterThan(30);
  });

  it.each(['//', '/api', '/api/v10', '*', '/%', '/api/v10/users/@me?%'])('%s', async (path) => {
    expect(await ask('GET', path, '')).toBeLessThan(500);
  });
});

it('the bot gateway closes, or goes on, whatever it is told', async () => {
  const json = fc.json({ maxDepth: 2 });
  const known = fc.record({
    op: fc.constantFrom(1, 2, 3, 4, 6, 8, 31),
    d: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        {
          guild_id: fc.constantFrom(null, '1', [], {}),
          query: fc.anything(),
          user_ids: fc.anything(),
          token: fc.constantFrom(5, 'x'),
          session_id: fc.anything(),
          seq: fc.anything(),
          properties: fc.constant({}),
        },
        { requiredKeys: [] },
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          json,
          known.map((value) => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null'),
        ),
        { maxLength: 5 },
      ),
      fc.boolean(),
      async (texts, identified) => {
        const shard = await (identified ? RawShard.login(discord) : RawShard.open(discord));
        await shard.hello();
        for (const one of texts) shard.socket.send(one);
        shard.socket.send('{}');
        expect((await shard.closed)[0]).toBeGreaterThanOrEqual(4_001);
      },
    ),
    { numRuns: 60 },
  );
  const after = await RawShard.login(discord);
  after.socket.terminate();
});
