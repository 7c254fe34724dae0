/** discord.js 14 with rxvoice's voice: logs in, registers a command, answers it, and plays. Unpatched: it is told of loopback by its option `rest.api`. */
import { once } from 'node:events';
import { Client, GatewayIntentBits, SlashCommandBuilder, type ChatInputCommandInteraction } from 'discord.js';
import { filter, firstValueFrom, map, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { fromDiscordJs } from '../../../src/adapters/index.js';
import { connectVoice$, useSession } from '../../../src/index.js';
import { startDiscord, type LoopbackDiscord } from '../../../src/server/index.js';
import { testFrames } from '../../../src/testing/test-frames.js';

const FRAMES = 50;
let discord: LoopbackDiscord;
let client: Client;
afterEach(async () => {
  await client.destroy();
  await discord.close();
});

async function login(intents: readonly GatewayIntentBits[]): Promise<void> {
  client = new Client({ intents: [...intents], rest: { api: discord.api } });
  const ready = once(client, 'clientReady');
  await client.login(discord.token);
  await ready;
}

describe('discord.js', () => {
  it('logs in, answers a command, and plays what members hear, byte for byte', async () => {
    discord = await startDiscord();
    const guild = discord.guild({ name: 'tea', channels: { general: 'text', lounge: 'voice' }, members: ['alice', 'bob'] });
    await login([GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates]);
    expect(client.user!.id).toBe(discord.botId);
    expect(client.guilds.cache.map(({ name }) => name)).toEqual(['tea']);
    await client.application!.commands.set([new SlashCommandBuilder().setName('play').setDescription('Plays').addStringOption((song) => song.setName('song').setDescription('Which').setRequired(true))]);

    const [alice, bob] = [guild.member('alice'), guild.member('bob')];
    await Promise.all([alice, bob].map((member) => member.join(guild.channel('lounge'))));
    const gateway$ = fromDiscordJs(client);
    client.on('interactionCreate', (interaction) => void onPlay(interaction as ChatInputCommandInteraction));
    const onPlay = async (interaction: ChatInputCommandInteraction): Promise<void> => {
      await interaction.deferReply();
      const channelId = interaction.guild!.voiceStates.cache.get(interaction.user.id)!.channelId!;
      const ids = { guildId: interaction.guildId!, channelId, userId: client.user!.id };
      const played$ = connectVoice$(gateway$, ids, { dave: false }).pipe(useSession((session) => session.play(testFrames(FRAMES))));
      const { length } = await firstValueFrom(played$.pipe(filter(({ type }) => type === 'sent'), toArray())); // prettier-ignore
      await interaction.editReply(`played ${interaction.options.getString('song')}: ${length}`);
    };
    const heard = firstValueFrom(alice.hear(guild.bot).pipe(map(({ frame }) => Buffer.from(frame).toString('hex')), take(FRAMES), toArray())); // prettier-ignore
    const answer = await alice.say('/play song: Für Elise');

    expect(answer).toMatchObject({ content: `played Für Elise: ${FRAMES}`, flags: 0 });
    expect(await heard).toEqual(testFrames(FRAMES).map((frame) => Buffer.from(frame).toString('hex')));
    expect(guild.channel('general').messages).toEqual([answer]);

  });
});
