/** The simulated REST API, tested with plain requests. */
import { afterEach, describe, expect, it } from 'vitest';
import { filter, firstValueFrom, VirtualTimeScheduler } from 'rxjs';
import { startDiscord, type DiscordOptions, type Guild, type GuildOptions, type LoopbackDiscord } from '../../../src/server/index.js';
import { RawShard } from '../../support/raw-shard.js';

let discord: LoopbackDiscord;
let guild: Guild;
const shards: RawShard[] = [];
afterEach(async () => {
  for (const shard of shards.splice(0)) shard.socket.terminate();
  await discord.close();
});

async function start(options: DiscordOptions = {}, made: GuildOptions = {}): Promise<void> {
  discord = await startDiscord(options);
  guild = discord.guild({ name: 'tea', channels: { general: 'text', lounge: 'voice', stage: 'stage' }, members: ['alice'], ...made });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly id: string; readonly code: number; readonly message: string; readonly retry_after: number };
}

async function ask(method: string, path: string, body?: unknown, token = `Bot ${discord.token}`): Promise<Answer> {
  const form = body instanceof FormData;
  const init = body === undefined ? {} : { body: form ? body : JSON.stringify(body) };
  const headers = { authorization: token, ...(form || body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${discord.api}/v10${path}`, { method, headers, ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text === '' ? 'null' : text) as Answer['body'] };
}

const told = async (method: string, path: string, body?: unknown, token?: string): Promise<string> => {
  const { status, body: answer } = await ask(method, path, body, token);
  return `${method} ${path}: ${status} ${answer.code} ${answer.message}`;
};

describe('refusals', () => {
  it('are in the words of Discord', async () => {
    await start();
    const [g, general, lounge, alice] = [guild.id, guild.channel('general').id, guild.channel('lounge').id, guild.member('alice').id];
    const me = `/guilds/${g}/members/${alice}`;
    const asked: readonly (readonly [string, string, unknown?, string?])[] = [
      ['GET', '/users/@me', undefined, 'Bot wrong'],
      ['GET', '/nowhere'],
      ['DELETE', '/gateway/bot'],
      ['GET', '/guilds/5'],
      ['GET', '/channels/5'],
      ['GET', '/users/5'],
      ['GET', `/guilds/${g}/members/${discord.botId.slice(0, -1)}`],
      ['GET', `/guilds/${g}/roles/5`],
      ['GET', `/guilds/${g}/voice-states/@me`],
      ['GET', `/channels/${general}/messages/5`],
      ['POST', `/channels/${general}/messages`, {}],
      ['POST', `/channels/${general}/messages`, { content: 'x'.repeat(2_001) }],
      ['POST', `/channels/${general}/messages`, { content: 5 }],
      ['PATCH', me, { mute: true }],
      ['DELETE', me],
      ['DELETE', `/channels/${lounge}`],
      ['PATCH', `/channels/${lounge}`, { user_limit: 2 }],
      ['POST', '/stage-instances', { channel_id: lounge, topic: 'x' }],
      ['PUT', `/applications/${discord.botId}/commands`, {}],
      ['POST', `/applications/${discord.botId}/commands`, { name: 'two words' }],
      ['POST', '/applications/5/commands', { name: 'play' }],
      ['POST', '/interactions/5/x/callback', { type: 4 }],
      ['POST', `/webhooks/${discord.botId}/x`, { content: 'x' }],
    ];
    const answers: string[] = [];
    for (const one of asked) answers.push(await told(...one));
    expect(answers.map((answer) => answer.replaceAll(g, 'G').replaceAll(general, 'C').replaceAll(lounge, 'V').replaceAll(alice, 'A').replaceAll(discord.botId, 'B').replaceAll(discord.botId.slice(0, -1), 'X'))).toMatchInlineSnapshot(`
      [
        "GET /users/@me: 401 0 401: Unauthorized",
        "GET /nowhere: 404 0 404: Not Found",
        "DELETE /gateway/bot: 405 0 405: Method Not Allowed",
        "GET /guilds/5: 404 10004 Unknown Guild",
        "GET /channels/5: 404 10003 Unknown Channel",
        "GET /users/5: 404 10013 Unknown User",
        "GET /guilds/G/members/X: 404 10013 Unknown User",
        "GET /guilds/G/roles/5: 404 10011 Unknown Role",
        "GET /guilds/G/voice-states/@me: 404 10065 Unknown Voice State",
        "GET /channels/C/messages/5: 404 10008 Unknown Message",
        "POST /channels/C/messages: 400 50006 Cannot send an empty message",
        "POST /channels/C/messages: 400 50035 Invalid Form Body",
        "POST /channels/C/messages: 400 50035 Invalid Form Body",
        "PATCH /guilds/G/members/A: 403 50013 Missing Permissions",
        "DELETE /guilds/G/members/A: 403 50013 Missing Permissions",
        "DELETE /channels/V: 403 50013 Missing Permissions",
        "PATCH /channels/V: 403 50013 Missing Permissions",
        "POST /stage-instances: 400 50024 Cannot execute action on this channel type",
        "PUT /applications/B/commands: 400 50035 Invalid Form Body",
        "POST /applications/B/commands: 400 50035 Invalid Form Body",
        "POST /applications/5/commands: 404 10002 Unknown Application",
        "POST /interactions/5/x/callback: 404 10062 Unknown interaction",
        "POST /webhooks/B/x: 404 10015 Unknown Webhook",
      ]
    `); // prettier-ignore
  });

  it('name the permission by what they refuse, until it is granted', async () => {
    await start();
    const general = guild.channel('general');
    const path = `/channels/${general.id}/messages`;
    general.deny(guild.everyone, 'SEND_MESSAGES');
    expect(await ask('POST', path, { content: 'x' })).toMatchObject({ status: 403, body: { code: 50013, message: 'Missing Permissions' } });
    general.deny(guild.everyone, 'VIEW_CHANNEL');
    expect(await ask('POST', path, { content: 'x' })).toMatchObject({ status: 403, body: { code: 50001, message: 'Missing Access' } });
    general.allow(guild.bot, 'VIEW_CHANNEL', 'SEND_MESSAGES');
    expect(await ask('POST', path, { content: 'x' })).toMatchObject({ status: 200, body: { content: 'x' } });
    general.deny(guild.bot, 'SEND_MESSAGES');
    guild.botRole.grant('ADMINISTRATOR');
    expect((await ask('POST', path, { content: 'y' })).status).toBe(200);
    expect(general.messages.map(({ content }) => content)).toEqual(['x', 'y']);
  });

  it('can be asked for', async () => {
    await start();
    discord.faults.rest.refuse({ status: 503, path: '/users/@me', times: 2 });
    discord.faults.rest.refuse({ status: 429, retryAfter: 1_500, global: true, method: 'GET', path: '/gateway' });
    const statuses: number[] = [];
    for (let time = 0; time < 3; time++) statuses.push((await ask('GET', '/users/@me')).status);
    expect(statuses).toEqual([503, 503, 200]);
    const { status, headers, body } = await ask('GET', '/gateway/bot');
    expect({ status, body, retry: headers.get('retry-after'), global: headers.get('x-ratelimit-global') }).toMatchObject({
      status: 429,
      body: { retry_after: 1.5, global: true },
      retry: '2',
      global: 'true',
    });
  });
});

describe('rate limits', () => {
  it('are told in headers, kept by 429, and each channel has its own', async () => {
    await start();
    const path = (name: string): string => `/channels/${guild.channel(name).id}/messages`;
    const first = await ask('POST', path('general'), { content: '1' });
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset-after': expect.stringMatching(/^[45]\.\d{3}$/),
      'x-ratelimit-bucket': expect.stringMatching(/^[\da-f]{32}$/),
    });
    for (let time = 2; time <= 5; time++) expect((await ask('POST', path('general'), { content: String(time) })).status).toBe(200);
    const sixth = await ask('POST', path('general'), { content: '6' });
    expect(sixth).toMatchObject({ status: 429, body: { message: 'You are being rate limited.', global: false } });
    expect(sixth.body.retry_after).toBeGreaterThan(3);
    expect(sixth.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(guild.channel('general').messages).toHaveLength(5);
    expect((await ask('POST', path('lounge'), { content: '1' })).status).toBe(200);
  });

  it('are not there where they are not wanted', async () => {
    await start({ rateLimits: false });
    const statuses = await Promise.all(Array.from({ length: 60 }, () => ask('GET', '/users/@me').then(({ status }) => status)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('what there is', () => {
  it('is told, made, changed and taken away', async () => {
    await start(
      { rateLimits: false },
      { botMay: ['MANAGE_CHANNELS', 'MANAGE_ROLES', 'MANAGE_NICKNAMES', 'KICK_MEMBERS', 'MUTE_MEMBERS', 'MOVE_MEMBERS'] },
    );
    const g = `/guilds/${guild.id}`;
    expect((await ask('GET', '/gateway/bot')).body).toMatchObject({
      url: discord.gateway,
      shards: 1,
      session_start_limit: { remaining: 1_000 },
    });
    expect((await ask('GET', '/users/@me')).body).toMatchObject({ id: discord.botId, username: 'bot', bot: true });
    expect((await ask('GET', '/applications/@me')).body).toMatchObject({ id: discord.botId, approximate_guild_count: 1 });
    expect((await ask('GET', '/users/@me/guilds')).body).toMatchObject([{ id: guild.id, name: 'tea', owner: false }]);
    expect((await ask('GET', g)).body).toMatchObject({ id: guild.id, roles: [{ name: '@everyone' }, { name: 'bot', managed: true }] });
    expect((await ask('GET', `${g}/members?limit=10`)).body).toHaveLength(3);
    expect((await ask('GET', `${g}/members/search?query=al&limit=5`)).body).toMatchObject([{ user: { username: 'alice' } }]);
    const { body: attic } = await ask('POST', `${g}/channels`, { name: 'attic', type: 2, user_limit: 3 });
    expect((await ask('PATCH', `/channels/${attic.id}`, { name: 'loft', topic: null })).body).toMatchObject({
      name: 'loft',
      user_limit: 3,
      type: 2,
    });
    expect((await ask('DELETE', `/channels/${attic.id}`)).body).toMatchObject({ id: attic.id });
    expect((await ask('GET', `${g}/channels`)).body).toHaveLength(3);
    const { body: role } = await ask('POST', `${g}/roles`, { name: 'dj', permissions: '2048' });
    expect((await ask('PATCH', `${g}/members/${guild.member('alice').id}`, { roles: [role.id], nick: 'Al' })).body).toMatchObject({
      roles: [role.id],
      nick: 'Al',
    });
    const stage = guild.channel('stage').id;
    expect((await ask('POST', '/stage-instances', { channel_id: stage, topic: 'tea' })).body).toMatchObject({
      channel_id: stage,
      topic: 'tea',
    });
    expect(await told('POST', '/stage-instances', { channel_id: stage, topic: 'tea' })).toContain('150006');
    expect((await ask('DELETE', `/stage-instances/${stage}`)).status).toBe(204);
    expect((await ask('DELETE', `${g}/members/${guild.member('alice').id}`)).status).toBe(204);
    expect(() => guild.member('alice')).toThrow(/no member 'alice'/);
  });

  it('messages: written, with files, answered, changed, taken back', async () => {
    await start({ rateLimits: false });
    const path = `/channels/${guild.channel('general').id}/messages`;
    const hello = await guild.member('alice').say('hello');
    const form = new FormData();
    form.set('payload_json', JSON.stringify({ content: 'a song', message_reference: { message_id: hello.id } }));
    form.set('files[0]', new Blob(['OggS'], { type: 'audio/ogg' }), 'song.ogg');
    const { body: song } = await ask('POST', path, form);
    expect(song).toMatchObject({
      content: 'a song',
      type: 19,
      message_reference: { message_id: hello.id },
      attachments: [{ filename: 'song.ogg', size: 4, content_type: 'audio/ogg' }],
    });
    expect((await ask('PATCH', `${path}/${song.id}`, { content: 'no song' })).body).toMatchObject({
      content: 'no song',
      edited_timestamp: expect.any(String),
    });
    expect(await told('PATCH', `${path}/${hello.id}`, { content: 'x' })).toContain('50005');
    expect((await ask('GET', `${path}?limit=1`)).body).toMatchObject([{ id: song.id }]);
    expect((await ask('GET', `${path}?before=${song.id}`)).body).toMatchObject([{ id: hello.id }]);
    expect(await told('DELETE', `${path}/${hello.id}`)).toContain('50013');
    expect((await ask('DELETE', `${path}/${song.id}`)).status).toBe(204);
    expect(guild.channel('general').messages).toEqual([hello]);
  });
});

describe('interactions', () => {
  const play = {
    name: 'play',
    description: 'Plays',
    options: [
      { type: 3, name: 'song', description: 'Which', required: true, autocomplete: true },
      { type: 4, name: 'volume', description: 'How loud', max_value: 11 },
    ],
  };

  /** Answers each interaction with the next of these callbacks, or not at all. */
  async function answering(...callbacks: readonly unknown[]): Promise<RawShard> {
    const shard = await RawShard.login(discord);
    shards.push(shard);
    const left = [...callbacks];
    shard.payloads$.pipe(filter(({ t }) => t === 'INTERACTION_CREATE')).subscribe(({ d }) => {
      const { id, token } = d as unknown as { id: string; token: string };
      const callback = left.shift();
      if (callback !== undefined) void ask('POST', `/interactions/${id}/${token}/callback`, callback, '');
    });
    return shard;
  }

  it('a command carries what was given, and is answered once; what follows is a message of its own', async () => {
    await start();
    const paths: string[] = [];
    discord.events$.subscribe((event) => event.type === 'request' && paths.push(event.path));
    await ask('PUT', `/applications/${discord.botId}/guilds/${guild.id}/commands`, [play]);
    const shard = await answering({ type: 4, data: { content: 'playing' } });
    const answer = await guild.member('alice').say('/play song: Für Elise volume: 11');
    expect(answer).toMatchObject({
      content: 'playing',
      type: 20,
      author: { id: discord.botId },
      interaction: { name: 'play', user: { username: 'alice' } },
    });
    const { d } = await shard.event('INTERACTION_CREATE');
    expect(d).toMatchObject({
      type: 2,
      guild_id: guild.id,
      member: { user: { username: 'alice' } },
      data: {
        name: 'play',
        options: [
          { name: 'song', type: 3, value: 'Für Elise' },
          { name: 'volume', type: 4, value: 11 },
        ],
      },
    });
    const { id, token } = d as unknown as { id: string; token: string };
    expect(await told('POST', `/interactions/${id}/${token}/callback`, { type: 4, data: { content: 'again' } })).toContain('40060');
    const hook = `/webhooks/${discord.botId}/${token}`;
    expect((await ask('GET', `${hook}/messages/@original`, undefined, '')).body).toEqual(answer);
    expect((await ask('POST', hook, { content: 'over' }, '')).body).toMatchObject({ content: 'over' });
    expect(guild.channel('general').messages.map(({ content }) => content)).toEqual(['playing', 'over']);
    expect((await ask('DELETE', `${hook}/messages/@original`, undefined, '')).status).toBe(204);
    expect(paths.filter((path) => path.startsWith('/webhooks'))).toHaveLength(3);
    expect(paths.filter((path) => path.includes(token))).toEqual([]);
  });

  it('a deferred answer comes when it is written; one for the member alone is seen by nobody else', async () => {
    await start();
    await ask('PUT', `/applications/${discord.botId}/commands`, [play]);
    const shard = await answering({ type: 5, data: { flags: 64 } });
    const answer = guild.member('alice').say('/play x');
    const { token } = (await shard.event('INTERACTION_CREATE')).d as unknown as { token: string };
    await firstValueFrom(discord.events$.pipe(filter((event) => event.type === 'request' && event.path.endsWith('callback'))));
    await ask('POST', `/webhooks/${discord.botId}/${token}`, { content: 'only you' }, '');
    expect(await answer).toMatchObject({ content: 'only you', flags: 64 });
    expect(guild.channel('general').messages).toEqual([]);
  });

  it('a button, a suggestion, and a bot that does not answer', async () => {
    const clock = new VirtualTimeScheduler();
    await start({ scheduler: clock });
    await ask('PUT', `/applications/${discord.botId}/commands`, [play]);
    const buttons = [{ type: 1, components: [{ type: 2, style: 1, label: 'Skip', custom_id: 'skip' }] }];
    const shard = await answering(
      { type: 4, data: { content: 'playing', components: buttons } },
      { type: 7, data: { content: 'skipped' } },
      { type: 8, data: { choices: [{ name: 'Für Elise', value: 'elise' }] } },
    );
    const alice = guild.member('alice');
    const playing = await alice.say('/play x');
    expect(await alice.press(playing, 'skip')).toMatchObject({ id: playing.id, content: 'skipped' });
    await expect(alice.press(playing, 'stop')).rejects.toThrow(/no component 'stop'/);
    expect(await alice.suggestions('/play song: fü')).toEqual([{ name: 'Für Elise', value: 'elise' }]);
    expect((await shard.event('INTERACTION_CREATE', ({ d }) => (d['type'] as unknown) === 4)).d).toMatchObject({
      data: { options: [{ name: 'song', value: 'fü', focused: true }] },
    });
    const unanswered = alice.say('/play x');
    clock.flush();
    await expect(unanswered).rejects.toThrow(/The application did not respond: no answer to 'play' within 3000 ms/);
  });

  it('an answer that is refused is none: another may follow; and one that was deferred has to come within 15 minutes', async () => {
    const clock = new VirtualTimeScheduler();
    await start({ scheduler: clock });
    await ask('PUT', `/applications/${discord.botId}/commands`, [play]);
    const shard = await answering();
    const alice = guild.member('alice');
    const answer = alice.say('/play x');
    const { id, token } = (await shard.event('INTERACTION_CREATE')).d as unknown as { id: string; token: string };
    const callback = (body: object): Promise<Answer> => ask('POST', `/interactions/${id}/${token}/callback`, body, '');
    expect((await callback({ type: 4, data: { content: 'x'.repeat(2_001) } })).status).toBe(400);
    expect((await callback({ type: 5 })).status).toBe(204);
    clock.flush();
    await expect(answer).rejects.toThrow(/within 900000 ms/);
  });

  it('what Discord would not send is not sent', async () => {
    await start();
    await ask('PUT', `/applications/${discord.botId}/commands`, [play]);
    const alice = guild.member('alice');
    await expect(alice.say('/stop')).rejects.toThrow(/no command 'stop'/);
    await expect(alice.say('/play')).rejects.toThrow(/needs its option 'song'/);
    await expect(alice.say('/play song: x volume: 12')).rejects.toThrow(/from -Infinity to 11/);
    guild.channel('general').deny(guild.everyone, 'SEND_MESSAGES');
    await expect(alice.say('hello', guild.channel('general'))).rejects.toThrow(/may not SEND_MESSAGES/);
  });
});
