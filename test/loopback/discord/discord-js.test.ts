/** discord.js 14, unpatched: its own option `rest.api` points it at loopback, and the answer of `gateway/bot` at the bot gateway. */
import '../../support/djs-sodium.mjs';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
} from '@discordjs/voice';
import * as discordJs from 'discord.js';
import { Client, GatewayIntentBits, SlashCommandBuilder, type ChatInputCommandInteraction } from 'discord.js';
import { filter, firstValueFrom, map, shareReplay, take, takeWhile, toArray } from 'rxjs';
import * as rxjs from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as adapters from '../../../src/adapters/index.js';
import * as rxvoice from '../../../src/index.js';
import type { RestContext } from '../../../src/server/discord/rest/context.js';
import { allRoutes } from '../../../src/server/discord/rest/routes/index.js';
import * as server from '../../../src/server/index.js';
import type { DiscordEvent } from '../../../src/server/index.js';
import { acceptAnyCertificate, loopbackCertificate } from '../../support/certificate.js';
import { testFrames } from '../../../src/testing/test-frames.js';
import { finally_, heard, hex, lounge, playSong, SONG, songText, type Lounge } from './stage.js';

/** The default throttler waits five seconds between two Identifies, as Discord requires. */
const unhurried = { waitForIdentify: () => Promise.resolve() };

async function login({ discord }: Lounge): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
    rest: { api: discord.api },
    ws: { buildIdentifyThrottler: () => Promise.resolve(unhurried) },
  });
  finally_(() => client.destroy());
  const ready = once(client, 'clientReady');
  await client.login(discord.token);
  await ready;
  return client as Client<true>;
}

describe('discord.js', () => {
  it('logs in, registers a command, answers it, and plays by rxvoice what members hear, byte for byte', async () => {
    const stage = await lounge();
    const { discord, guild } = stage;
    const client = await login(stage);
    expect(client.user.id).toBe(discord.botId);
    expect(client.guilds.cache.map(({ name }) => name)).toEqual(['tea']);
    expect(client.guilds.cache.first()!.voiceStates.cache.size).toBe(2);
    const play = new SlashCommandBuilder().setName('play').setDescription('Plays').addStringOption((song) => song.setName('song').setDescription('Which').setRequired(true)); // prettier-ignore
    await client.application.commands.set([play]);
    const onPlay = async (interaction: ChatInputCommandInteraction): Promise<void> => {
      await interaction.deferReply();
      const frames = await playSong(stage, adapters.fromDiscordJs(client));
      await interaction.editReply(`played ${interaction.options.getString('song')}: ${frames}`);
    };
    client.on('interactionCreate', (interaction) => void onPlay(interaction as ChatInputCommandInteraction));

    const [song, answer] = await Promise.all([heard(stage), guild.member('alice').say('/play song: Für Elise')]);
    expect(answer).toMatchObject({ content: `played Für Elise: ${SONG.length}`, flags: 0 });
    expect(song).toEqual([songText, songText]);
    expect(guild.channel('general').messages).toEqual([answer]);
  });

  it('a shard that has to come back, and one that has to identify anew, in mid-song: it is heard to its end', async () => {
    const stage = await lounge();
    const { discord, members } = stage;
    const client = await login(stage);
    const happened = (type: DiscordEvent['type']): Promise<DiscordEvent> =>
      firstValueFrom(discord.events$.pipe(filter((event) => event.type === type)));
    const longSong = testFrames(100);
    const long = longSong.map(hex);
    const frames$ = members[0]!.hear(stage.guild.bot).pipe(map(({ frame }) => hex(frame)), filter((frame) => long.includes(frame)), shareReplay()); // prettier-ignore
    const identifies: unknown[] = [];
    discord.voice.events$.subscribe((event) => event.type === 'identify' && identifies.push(event.userId));
    const heardSome = (count: number): Promise<string[]> => firstValueFrom(frames$.pipe(take(count), toArray()));
    frames$.subscribe();
    const played = playSong(stage, adapters.fromDiscordJs(client), {}, longSong);
    await heardSome(5);
    const resumed = Promise.all([happened('resumed'), once(client, 'shardResume')]);
    discord.faults.gateway.reconnect();
    await resumed;
    await heardSome(10);
    const identified = Promise.all([happened('identified'), once(client, 'shardReady')]);
    discord.faults.gateway.invalidate();
    await identified;
    expect(await played).toBe(long.length);
    expect(identifies).toEqual([discord.botId, discord.botId]);
    const song = await firstValueFrom(frames$.pipe(takeWhile((frame) => frame !== long.at(-1), true), toArray())); // prettier-ignore
    // Frames in flight when the voice session was renewed are lost; none is played twice.
    expect(song).toEqual(long.filter((frame) => song.includes(frame)));
    expect(song.length).toBeGreaterThan(long.length - 10);
  });

  it('plays by its own voice, which speaks TLS only', async () => {
    finally_(acceptAnyCertificate());
    const tls = await loopbackCertificate();
    const stage = await lounge({ tls });
    const client = await login(stage);
    const { id: guildId, voiceAdapterCreator } = client.guilds.cache.first()!;
    const connection = joinVoiceChannel({
      guildId,
      channelId: stage.guild.channel('lounge').id,
      adapterCreator: voiceAdapterCreator,
      daveEncryption: false,
    });
    finally_(() => connection.destroy());
    await entersState(connection, VoiceConnectionStatus.Ready, 10_000);
    const song = heard(stage);
    const player = createAudioPlayer();
    connection.subscribe(player);
    player.play(createAudioResource(Readable.from(SONG.map((frame) => Buffer.from(frame))), { inputType: StreamType.Opus }));
    await once(player, AudioPlayerStatus.Idle);
    expect(await song).toEqual([songText, songText]);
  });
});

describe('docs/discord.md', () => {
  const MODULES: Readonly<Record<string, object>> = { 'discord.js': discordJs, rxjs, rxvoice, 'rxvoice/adapters': adapters, 'rxvoice/server': server };
  const PAGE = readFileSync('docs/discord.md', 'utf8');

  it('has an example that plays, and says what it says', async () => {
    const code = /```js[^\n]*\n([\s\S]*?)```/.exec(PAGE)![1]!.replace(/^import (\{[^}]*\}) from '([^']+)';$/gm, "const $1 = modules['$2'];");
    const said: string[] = [];
    const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
    await new AsyncFunction('modules', 'console', code)(MODULES, { log: (...values: unknown[]) => said.push(values.join(' ')) });
    expect(said).toEqual([/console\.log\(.*\/\/ (.*)/.exec(code)![1]]);
  });

  it('lists every route, and no other', () => {
    const table = allRoutes({ world: {} } as RestContext).map(({ method, path }) => `${method.padEnd(6)} ${path}`);
    const listed = /```\n(GET[\s\S]*?)```/.exec(PAGE)![1]!.trim().split('\n');
    expect([...listed].sort()).toEqual([...table].sort());
  });
});
