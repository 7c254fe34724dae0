/** `rxvoice serve --discord`: a bot in another language sees REST and a gateway, and logs in with the given token. Needs `npm run build`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endAll, jsonLines, rxvoice } from '../../support/rxvoice-process.js';
import { RawShard } from '../../support/raw-shard.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
});
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

it('tells where it is; alice says what she is told to, a command when it is registered; what happens is told', async () => {
  const serve = rxvoice(['serve', '--discord', '--plain', '--port', '0', '--json', '--say', 'hello', '--say', '/play song: elise'], folder);
  const [line] = await serve.until(/\{[^\n]*"listening"[^\n]*\}/);
  const told = JSON.parse(line) as { api: string; gateway: string; token: string; botId: string; guildId: string; lounge: string };
  expect(told).toMatchObject({ token: 'MTAwMQ.rxvoice.serve', botId: '1001', guildId: '2001', lounge: '3002', encrypted: false });
  const shard = await RawShard.open(told);
  await shard.hello();
  shard.identify(told.token, { intents: 1 | (1 << 7) | (1 << 9) | (1 << 15) });
  expect((await shard.event('GUILD_CREATE')).d).toMatchObject({
    id: '2001',
    channels: [{ id: '3001' }, { id: '3002', type: 2 }, { id: '3003', type: 13 }],
  });
  expect((await shard.event('MESSAGE_CREATE')).d).toMatchObject({ content: 'hello', author: { username: 'alice' } });
  const post = (path: string, method: string, body: unknown): Promise<Response> =>
    fetch(`${told.api}/v10${path}`, { method, body: JSON.stringify(body), headers: { authorization: `Bot ${told.token}` } });
  await post('/applications/1001/commands', 'PUT', [{ name: 'play', options: [{ name: 'song', type: 3 }] }]);
  const { id, token } = (await shard.event('INTERACTION_CREATE')).d as unknown as { id: string; token: string };
  await post(`/interactions/${id}/${token}/callback`, 'POST', { type: 4, data: { content: 'playing' } });
  await serve.until(/"type":"message","author":"bot","content":"playing"/);
  // Alice joins by herself, and may not have joined yet.
  await serve.until(/"type":"select"/);
  shard.socket.terminate();
  serve.child.kill('SIGINT');
  const { status, err, out } = await serve.ended;
  expect([status, err]).toEqual([130, '']);
  const facts = jsonLines(out);
  expect(facts.map(({ type }) => type)).toEqual(expect.arrayContaining(['listening', 'joined', 'select', 'discord', 'message']));
  expect(out).not.toContain(token);
});

it('refuses --say without it', async () => {
  const { status, err } = await rxvoice(['serve', '--say', 'hello'], folder).ended;
  expect(status).toBe(2);
  expect(err).toContain('--say is for --discord');
});
