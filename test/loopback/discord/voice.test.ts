/** Voice in a simulated Discord, with a minimal bot that uses rxvoice's voice: who gets in, who is heard, and what moderators do. */
import { filter, firstValueFrom, lastValueFrom, map, Subscription, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { connectVoice$, type VoiceOptions, type VoiceSession } from '../../../src/index.js';
import {
  startDiscord,
  type Channel,
  type DiscordEvent,
  type DiscordOptions,
  type Guild,
  type GuildOptions,
  type LoopbackDiscord,
  type ServerEvent,
} from '../../../src/server/index.js';
import { isSilenceFrame } from '../../../src/protocol/silence.js';
import { testFrames } from '../../../src/testing/test-frames.js';
import { RawShard } from '../../support/raw-shard.js';
import { hex } from './stage.js';

const CHANNELS = { general: 'text', lounge: 'voice', attic: 'voice', stage: 'stage' } as const;
let discord: LoopbackDiscord;
let guild: Guild;
let shard: RawShard;
let bot: Subscription;
afterEach(async () => {
  bot.unsubscribe();
  shard.socket.terminate();
  await discord.close();
});

async function start(options: DiscordOptions = {}, more: GuildOptions = {}): Promise<void> {
  discord = await startDiscord(options);
  guild = discord.guild({ channels: CHANNELS, members: ['alice', 'bob'], ...more });
  shard = await RawShard.login(discord);
  bot = new Subscription();
}

function join(channel: Channel, options: VoiceOptions = { dave: false }): Promise<VoiceSession> {
  const ids = { guildId: guild.id, channelId: channel.id, userId: discord.botId };
  return new Promise((next, error) => bot.add(connectVoice$(shard.port, ids, options).subscribe({ next, error })));
}

const until = (session: VoiceSession, status: string): Promise<unknown> =>
  firstValueFrom(session.state$.pipe(filter((state) => state.status === status)));
const happened = <T extends DiscordEvent['type']>(type: T): Promise<Extract<DiscordEvent, { type: T }>> =>
  firstValueFrom(discord.events$.pipe(filter((event): event is Extract<DiscordEvent, { type: T }> => event.type === type)));
const closed = (): Promise<ServerEvent> =>
  firstValueFrom(discord.voice.events$.pipe(filter((event) => event.type === 'close' && event.userId === discord.botId)));
const stateOf = (userId: string, fits: (d: Readonly<Record<string, unknown>>) => boolean) =>
  shard.event('VOICE_STATE_UPDATE', ({ d }) => (d['user_id'] as unknown) === userId && fits(d));
const rest = (method: string, path: string, body: object): Promise<number> =>
  fetch(`${discord.api}/v10${path}`, { method, body: JSON.stringify(body), headers: { authorization: `Bot ${discord.token}` } }).then(
    ({ status }) => status,
  );

/** Plays five frames: resolves with those that Alice hears. */
async function heardByAlice(session: VoiceSession): Promise<readonly string[]> {
  const frames = testFrames(5);
  const heard$ = guild.member('alice').hear(guild.bot).pipe(map(({ frame }) => frame), filter((frame) => !isSilenceFrame(frame)), map(hex), take(frames.length), toArray()); // prettier-ignore
  const [heard] = await Promise.all([firstValueFrom(heard$), lastValueFrom(session.play(frames))]);
  return heard;
}
const FIVE = testFrames(5).map(hex);

describe('who gets in', () => {
  it('nobody without CONNECT, or into a full or a wrong channel: op 4 is not answered, and the events say why', async () => {
    await start();
    const [lounge, attic] = [guild.channel('lounge'), guild.channel('attic')];
    const unanswered = async (channelId: string, guildId = guild.id): Promise<string> => {
      const event = happened('unanswered');
      shard.send(4, { guild_id: guildId, channel_id: channelId, self_mute: false, self_deaf: false });
      return (await event).why;
    };
    lounge.deny(guild.everyone, 'CONNECT');
    attic.edit({ userLimit: 1 });
    await guild.member('bob').join(attic);
    expect([await unanswered(lounge.id), await unanswered(attic.id), await unanswered(guild.channel('general').id), await unanswered(lounge.id, '5')]).toEqual([
      'may not CONNECT', 'finds the channel full', 'finds no such voice channel in the guild', 'is in no such guild',
    ]); // prettier-ignore
    await expect(guild.member('alice').join(lounge)).rejects.toThrow('alice cannot join: may not CONNECT');
    guild.botRole.grant('MOVE_MEMBERS');
    shard.send(4, { guild_id: guild.id, channel_id: attic.id });
    expect((await stateOf(discord.botId, () => true)).d).toMatchObject({
      channel_id: attic.id,
      member: { user: { username: 'bot' }, roles: [guild.botRole.id] },
    });
    expect(guild.bot.voiceState).toMatchObject({ channel_id: attic.id });
  });

  it('who lacks SPEAK is in, and not heard', async () => {
    await start();
    guild.channel('lounge').deny(guild.everyone, 'SPEAK');
    await guild.member('alice').join(guild.channel('lounge'));
    const session = await join(guild.channel('lounge'));
    expect(guild.bot.voiceState).toMatchObject({ suppress: true });
    await lastValueFrom(session.play(testFrames(5)));
    const { offered, withheld, forwarded } = discord.voice.accounting(guild.member('alice').id).get(discord.botId)!;
    expect({ all: offered === withheld, forwarded }).toEqual({ all: true, forwarded: 0 });
  });
});

describe('a stage', () => {
  it('has an audience; who may MUTE_MEMBERS speaks, and is heard', async () => {
    await start();
    const stage = guild.channel('stage');
    await guild.member('alice').join(stage);
    const session = await join(stage);
    const patch = () => rest('PATCH', `/guilds/${guild.id}/voice-states/@me`, { channel_id: stage.id, suppress: false });
    expect(await patch()).toBe(403);
    expect(await firstValueFrom(session.health$)).toMatchObject({ suppressed: true, ready: false });
    guild.botRole.grant('MUTE_MEMBERS');
    expect(await patch()).toBe(204);
    await firstValueFrom(session.health$.pipe(filter(({ suppressed }) => !suppressed)));
    expect(await heardByAlice(session)).toEqual(FIVE);
    // A moderator suppresses it, and lifts the suppression again.
    guild.bot.suppress();
    await firstValueFrom(session.health$.pipe(filter(({ suppressed }) => suppressed)));
    guild.bot.suppress(false);
    await firstValueFrom(session.health$.pipe(filter(({ suppressed }) => !suppressed)));
    expect(await heardByAlice(session)).toEqual(FIVE);
  });
});

it('who leaves while joining is told so, and may join again', async () => {
  await start();
  const alice = guild.member('alice');
  const joining = expect(alice.join(guild.channel('lounge'))).rejects.toThrow('alice has left before the session was ready');
  alice.leave();
  await joining;
  await alice.join(guild.channel('lounge'));
  expect(alice.voiceState).toMatchObject({ channel_id: guild.channel('lounge').id });
});

describe('moderators', () => {
  it('move, mute, deafen, kick: by verbs and by REST', async () => {
    await start({}, { botMay: ['MOVE_MEMBERS', 'MUTE_MEMBERS', 'DEAFEN_MEMBERS'] });
    const [lounge, attic, alice, bob] = [guild.channel('lounge'), guild.channel('attic'), guild.member('alice'), guild.member('bob')];
    await Promise.all([alice.join(attic), bob.join(lounge)]);
    const session = await join(lounge);
    guild.bot.move(attic);
    await firstValueFrom(session.state$.pipe(filter((state) => state.status === 'ready' && state.channelId === attic.id)));
    expect(await heardByAlice(session)).toEqual(FIVE);
    guild.bot.mute();
    expect((await stateOf(discord.botId, ({ mute }) => mute === true)).d).toMatchObject({ member: { mute: true } });
    const withheld = discord.voice.accounting(alice.id).get(discord.botId)!.withheld;
    await lastValueFrom(session.play(testFrames(5)));
    guild.bot.mute(false);
    expect(await heardByAlice(session)).toEqual(FIVE);
    expect(discord.voice.accounting(alice.id).get(discord.botId)!.withheld).toBeGreaterThanOrEqual(withheld + 5);

    const member = `/guilds/${guild.id}/members/${bob.id}`;
    expect(await rest('PATCH', member, { mute: true, deaf: true, channel_id: attic.id })).toBe(200);
    await stateOf(bob.id, (d) => d['mute'] === true && d['deaf'] === true && d['channel_id'] === attic.id);
    expect(await rest('PATCH', member, { channel_id: null })).toBe(200);
    await stateOf(bob.id, (d) => d['channel_id'] === null);
    expect(await rest('PATCH', member, { mute: true })).toBe(400);
    const ended = closed();
    guild.bot.kick();
    await until(session, 'ended');
    expect(await ended).toMatchObject({ code: 4014 });
    expect(guild.bot.voiceState).toBeUndefined();
  });

  it('both forms of 4022: a kick of who is alone, and a channel that is deleted', async () => {
    await start();
    const session = await join(guild.channel('lounge'));
    const kicked = closed();
    guild.bot.kick();
    expect(await kicked).toMatchObject({ code: 4022 });
    await until(session, 'ended');
    const again = await join(guild.channel('lounge'));
    await guild.member('alice').join(guild.channel('lounge'));
    const deleted = closed();
    guild.channel('lounge').delete();
    expect(await deleted).toMatchObject({ code: 4022 });
    await until(again, 'ended');
    expect((await shard.event('CHANNEL_DELETE')).d).toMatchObject({ name: 'lounge', type: 2 });
    expect(() => guild.channel('lounge')).toThrow(/no channel 'lounge'; there are general, attic, stage/);
  });
});

describe('what goes on elsewhere', () => {
  it('another region, and an outage of the guild', async () => {
    await start();
    await guild.member('alice').join(guild.channel('lounge'));
    const session = await join(guild.channel('lounge'));
    const endpoint = await guild.changeRegion();
    await until(session, 'reconnecting');
    await until(session, 'ready');
    expect((await shard.event('VOICE_SERVER_UPDATE', ({ d }) => (d['endpoint'] as unknown) === endpoint)).d).toMatchObject({
      guild_id: guild.id,
    });
    guild.unavailable();
    await until(session, 'ended');
    expect((await shard.event('GUILD_DELETE')).d).toEqual({ id: guild.id, unavailable: true });
    guild.unavailable(false);
    await shard.event('GUILD_CREATE', ({ s }) => s! > 2);
  });

  it('the end of the gateway session takes the bot out of voice', async () => {
    await start();
    await guild.member('alice').join(guild.channel('lounge'));
    await join(guild.channel('lounge'));
    const left = firstValueFrom(discord.voice.events$.pipe(filter((event) => event.type === 'left')));
    shard.socket.close(1000);
    expect(await left).toMatchObject({ userId: discord.botId });
  });

  it('members speak and are heard by the bot, also in an end-to-end encrypted call', async () => {
    await start({ voice: { daveVersion: 1 } });
    const alice = guild.member('alice');
    await alice.join(guild.channel('lounge'));
    const session = await join(guild.channel('lounge'), {});
    const heard = firstValueFrom(session.receive(alice.id).pipe(map(({ frame }) => hex(frame)), filter((frame) => FIVE.includes(frame)), take(5), toArray())); // prettier-ignore
    await alice.speak(testFrames(5));
    expect(await heard).toEqual(FIVE);
    alice.leave();
    await expect(alice.speak([])).rejects.toThrow('alice is in no voice channel: join() first');
  });
});
