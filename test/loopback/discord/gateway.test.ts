/** The simulated bot gateway, tested with a minimal client. */
import * as zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { filter, firstValueFrom, lastValueFrom, VirtualTimeScheduler, type Observable } from 'rxjs';
import { startDiscord, type DiscordEvent, type DiscordOptions, type LoopbackDiscord } from '../../../src/server/index.js';
import { RawShard, USUAL_INTENTS, type RawShardOptions } from '../../support/raw-shard.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(options: DiscordOptions = {}): Promise<LoopbackDiscord> {
  const discord = await startDiscord(options);
  open.push(discord);
  return discord;
}

async function login(discord: LoopbackDiscord, options: RawShardOptions = {}): Promise<RawShard> {
  const shard = await RawShard.login(discord, options);
  open.push({ close: () => shard.socket.terminate() });
  return shard;
}

function next<Type extends DiscordEvent['type']>(discord: LoopbackDiscord, type: Type): Promise<Extract<DiscordEvent, { type: Type }>> {
  return firstValueFrom(discord.events$.pipe(filter((event): event is Extract<DiscordEvent, { type: Type }> => event.type === type)));
}

describe('login', () => {
  it('says Hello, READY with unavailable guilds, then each guild', async () => {
    const discord = await start();
    const guild = discord.guild({ name: 'tea', channels: { lounge: 'voice', stage: 'stage' }, members: ['alice'] });
    const shard = await login(discord);
    expect((await shard.hello()).d).toMatchObject({ heartbeat_interval: 41_250 });
    const ready = (await shard.event('READY')).d;
    expect(ready).toMatchObject({
      v: 10,
      user: { id: discord.botId, bot: true },
      guilds: [{ id: guild.id, unavailable: true }],
      resume_gateway_url: discord.gateway,
      application: { id: discord.botId },
    });
    const created = (await shard.event('GUILD_CREATE')).d;
    expect(created).toMatchObject({
      id: guild.id,
      name: 'tea',
      channels: [
        { name: 'lounge', type: 2 },
        { name: 'stage', type: 13 },
      ],
      voice_states: [],
      member_count: 3,
    });
    // Without the intent GUILD_MEMBERS, only the bot is listed.
    expect(created['members']).toMatchObject([{ user: { id: discord.botId } }]);
  });

  it('takes zlib-stream: one context, each message flushed', async () => {
    const discord = await start();
    discord.guild();
    const shard = await login(discord, { query: 'v=10&encoding=json&compress=zlib-stream' });
    await shard.event('GUILD_CREATE');
    await shard.settle();
    expect(shard.events).toEqual(['READY', 'GUILD_CREATE']);
  });

  it('takes zstd-stream where Node has zstd, and else says what is missing', async () => {
    const discord = await start();
    const shard = await RawShard.open(discord, { query: 'v=10&encoding=json&compress=zstd-stream' });
    if ('createZstdDecompress' in zlib) expect((await shard.hello()).d).toMatchObject({ heartbeat_interval: 41_250 });
    else expect(await shard.closed).toEqual([4002, expect.stringContaining('22.15')]);
    shard.socket.terminate();
  });

  const refusals: readonly (readonly [string, number, (shard: RawShard, discord: LoopbackDiscord) => unknown, RawShardOptions?])[] = [
    ['a payload that is no JSON', 4002, (shard) => shard.socket.send('{')],
    ['a payload of more than 4096 bytes', 4002, (shard) => shard.send(1, 'x'.repeat(4_096))],
    ['an opcode that there is not', 4001, (shard) => shard.send(42, null)],
    ['op 4 before Identify', 4003, (shard) => shard.send(4, {})],
    ['a wrong token', 4004, (shard) => shard.identify('wrong')],
    ['a wrong token to resume with', 4004, (shard) => shard.send(6, { token: 'wrong', session_id: 'x', seq: 1 })],
    ['a second Identify', 4005, (shard, { token }) => [shard.identify(token), shard.identify(token)]],
    ['a shard beyond their number', 4010, (shard, { token }) => shard.identify(token, { shard: [2, 2] })],
    ['version 6', 4012, () => undefined, { query: 'v=6' }],
    ['ETF', 4002, () => undefined, { query: 'v=10&encoding=etf' }],
    ['an intent that there is not', 4013, (shard, { token }) => shard.identify(token, { intents: 1 << 30 })],
    ['an intent that was not granted', 4014, (shard, { token }) => shard.identify(token, { intents: 1 << 15 })],
    ['a mangled op 4', 4002, (shard, { token }) => [shard.identify(token), shard.send(4, { guild_id: 'tea' })]],
    [
      '121 payloads in a minute',
      4008,
      (shard, { token }) => [shard.identify(token), ...Array.from({ length: 120 }, () => shard.send(3, {}))],
    ],
  ];
  it('closes on what Discord closes on, with its codes', async () => {
    const discord = await start({ privilegedIntents: [] });
    discord.guild();
    const codes = await Promise.all(
      refusals.map(async ([what, , act, options]) => {
        const shard = await RawShard.open(discord, options);
        if (options === undefined) {
          await shard.hello();
          act(shard, discord);
        }
        return `${what}: ${(await shard.closed)[0]}`;
      }),
    );
    expect(codes).toEqual(refusals.map(([what, code]) => `${what}: ${code}`));
  });
});

describe('a session', () => {
  it('is resumed after a break: what was missed, then RESUMED', async () => {
    const discord = await start();
    const guild = discord.guild();
    const before = await login(discord);
    await before.event('GUILD_CREATE');
    const { session_id } = (await before.event('READY')).d as unknown as { session_id: string };
    discord.faults.gateway.dropSocket();
    expect((await before.closed)[0]).toBe(1006);
    guild.addChannel('attic');
    const after = await RawShard.open(discord);
    await after.hello();
    after.send(6, { token: discord.token, session_id, seq: before.lastSequence });
    await after.event('RESUMED');
    expect(after.events).toEqual(['CHANNEL_CREATE', 'RESUMED']);
    after.socket.close(1000);
    await next(discord, 'session-ended');
    const late = await RawShard.open(discord);
    await late.hello();
    late.send(6, { token: discord.token, session_id, seq: after.lastSequence });
    expect((await late.op(9)).d).toBe(false);
    late.socket.terminate();
  });

  it('is asked to come back, told that it is invalid, and forgotten', async () => {
    const discord = await start();
    const shard = await login(discord);
    const { session_id } = (await shard.event('READY')).d as unknown as { session_id: string };
    discord.faults.gateway.reconnect();
    await shard.op(7);
    discord.faults.gateway.invalidate({ resumable: true });
    expect((await shard.op(9)).d).toBe(true);
    discord.faults.gateway.invalidate();
    expect((await shard.op(9, ({ d }) => (d as unknown) === false)).d).toBe(false);
    // The same WebSocket may identify anew.
    shard.identify(discord.token);
    const again = await shard.event('READY', ({ d }) => (d as unknown as { session_id: string }).session_id !== session_id);
    expect(again.s).toBe(1);
    discord.faults.gateway.closeSocket(4000);
    expect((await shard.closed)[0]).toBe(4000);
  });

  it('is closed when it falls silent, and not acknowledged while that is asked for', async () => {
    const clock = new VirtualTimeScheduler();
    const discord = await start({ scheduler: clock });
    discord.faults.gateway.ignoreHeartbeats(true);
    const shard = await RawShard.open(discord);
    await shard.hello();
    shard.send(1, null);
    shard.identify(discord.token);
    await shard.event('READY');
    clock.flush();
    expect((await shard.closed)[0]).toBe(4009);
    expect(shard.all.filter(({ op }) => op === 11)).toEqual([]);
  });

  it('hears of the guilds of its own shard only', async () => {
    const discord = await start({ shards: 2 });
    const ids = [0n, 1n].map((shard) => String((4_000n << 23n) + (shard << 22n)));
    ids.forEach((id) => discord.guild({ id }));
    const shards = await Promise.all([0, 1].map((id) => login(discord, { shard: [id, 2] })));
    const guilds = await Promise.all(shards.map(async (shard) => (await shard.event('GUILD_CREATE')).d['id']));
    expect(guilds).toEqual(ids);
    expect(shards.map(({ events }) => events.filter((t) => t === 'GUILD_CREATE').length)).toEqual([1, 1]);
  });
});

describe('intents', () => {
  it('withhold events, members, and the content of messages', async () => {
    const discord = await start();
    const guild = discord.guild({ members: ['alice'] });
    const [bare, full] = await Promise.all([
      login(discord, { intents: 1 << 9 }),
      login(discord, { intents: USUAL_INTENTS | (1 << 1) | (1 << 9) | (1 << 15) }),
    ]);
    const withheld = next(discord, 'withheld');
    guild.addChannel('attic');
    expect(await withheld).toEqual({ type: 'withheld', shard: [0, 1], event: 'CHANNEL_CREATE' });
    await guild.member('alice').say('hello');
    await guild.member('alice').say(`<@${discord.botId}> hello`);
    guild.addMember('bob');
    await Promise.all([bare.settle(), full.settle()]);
    expect(bare.events).toEqual(['READY', 'MESSAGE_CREATE', 'MESSAGE_CREATE']);
    expect(full.events).toEqual(['READY', 'GUILD_CREATE', 'CHANNEL_CREATE', 'MESSAGE_CREATE', 'MESSAGE_CREATE', 'GUILD_MEMBER_ADD']);
    const contents = (shard: RawShard) => shard.all.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => d['content']);
    // A bot that is mentioned reads the message without the intent.
    expect(contents(bare)).toEqual(['', `<@${discord.botId}> hello`]);
    expect(contents(full)).toEqual(['hello', `<@${discord.botId}> hello`]);
    expect((await full.event('GUILD_CREATE')).d['members']).toHaveLength(3);
  });

  it('members can be asked for one by one without the intent, and all at once with it', async () => {
    const discord = await start();
    const guild = discord.guild({ members: ['alice', 'bob'] });
    const shard = await login(discord);
    shard.send(8, { guild_id: guild.id, user_ids: [guild.member('alice').id, '5'], nonce: 'n' });
    expect((await shard.event('GUILD_MEMBERS_CHUNK')).d).toMatchObject({
      members: [{ user: { username: 'alice' } }],
      not_found: ['5'],
      nonce: 'n',
      chunk_count: 1,
    });
    shard.send(8, { guild_id: guild.id, query: 'bob', limit: 5, nonce: 'm' });
    expect((await shard.event('GUILD_MEMBERS_CHUNK', ({ d }) => (d['nonce'] as unknown) === 'm')).d).toMatchObject({
      members: [{ user: { username: 'bob' } }],
    });
    shard.send(8, { guild_id: guild.id, query: '', limit: 0 });
    expect((await shard.closed)[0]).toBe(4014);
  });
});

describe('close', () => {
  const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => /TCP|TLS|UDP/.test(name));

  it('leaves no socket and no timer, completes every stream, tells who waits, and may be called twice', async () => {
    const before = sockets();
    const clock = new VirtualTimeScheduler();
    const discord = await startDiscord({ scheduler: clock });
    const guild = discord.guild({ channels: { general: 'text', lounge: 'voice' }, members: ['alice'] });
    const completed = Promise.all(
      [discord.events$, discord.messages$].map((stream) => lastValueFrom(stream as Observable<unknown>, { defaultValue: undefined })),
    );
    const [shard, lost] = await Promise.all([RawShard.login(discord), RawShard.login(discord)]);
    lost.socket.terminate();
    await guild.member('alice').join(guild.channel('lounge'));
    await fetch(`${discord.api}/v10/applications/${discord.botId}/commands`, {
      method: 'PUT',
      body: '[{"name":"play"}]',
      headers: { authorization: `Bot ${discord.token}`, connection: 'close' },
    });
    const unanswered = expect(guild.member('alice').say('/play')).rejects.toThrow(/closed before the application answered/);
    // Pending: heartbeats, a session that waits to be resumed, an interaction that waits for its answer.
    expect(clock.actions.length).toBeGreaterThanOrEqual(3);
    await Promise.all([discord.close(), discord.close()]);
    await Promise.all([completed, unanswered, shard.closed]);
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
    // libuv forgets a handle a few turns of its loop after the 'close' event.
    for (let turns = 0; turns < 100 && sockets().length > before.length; turns++) await new Promise(setImmediate);
    expect(sockets().length).toBeLessThanOrEqual(before.length);
  });
});

describe('a client that has stopped reading', () => {
  it('loses its connection once 4 MiB wait for it; the others lose nothing', async () => {
    const discord = await start();
    const guild = discord.guild({ name: 'tea', channels: { general: 'text', lounge: 'voice' }, members: ['alice'] });
    const [shard, other] = [await login(discord), await login(discord)];
    await Promise.all([shard.event('GUILD_CREATE'), other.event('GUILD_CREATE')]);
    shard.socket.pause();
    const closed = next(discord, 'closed');
    let over = false;
    void closed.then(() => (over = true));
    // In addition, the kernel buffers some megabytes for a socket that is not read.
    let said = 0;
    for (; !over && said < 40_000; said += 1) {
      guild.channel('general').edit({ topic: `${said} ${'x'.repeat(1_000)}` });
      if (said % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await closed).toMatchObject({ by: 'server', reason: 'it does not read' });
    expect(said).toBeGreaterThan(4_000);
    await firstValueFrom(other.payloads$.pipe(filter(({ t, d }) => t === 'CHANNEL_UPDATE' && String(d['topic']).startsWith(`${said - 1} `))));
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  });
});
