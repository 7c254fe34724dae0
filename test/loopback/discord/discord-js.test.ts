/** discord.js 14, unpatched: it is told of loopback by its own option `rest.api`, and of the bot gateway by `gateway/bot`. */
import '../../support/djs-sodium.mjs';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { AudioPlayerStatus, createAudioPlayer, createAudioResource, entersState, joinVoiceChannel, StreamType, VoiceConnectionStatus } from '@discordjs/voice';
import { Client, GatewayIntentBits, SlashCommandBuilder, type ChatInputCommandInteraction } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { fromDiscordJs } from '../../../src/adapters/index.js';
import { acceptAnyCertificate, loopbackCertificate } from '../../support/certificate.js';
import { finally_, heard, lounge, playSong, SONG, songText, type Lounge } from './stage.js';

async function login({ discord }: Lounge): Promise<Client<true>> {
  const client = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates], rest: { api: discord.api } });
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
      const frames = await playSong(stage, fromDiscordJs(client));
      await interaction.editReply(`played ${interaction.options.getString('song')}: ${frames}`);
    };
    client.on('interactionCreate', (interaction) => void onPlay(interaction as ChatInputCommandInteraction));

    const [song, answer] = await Promise.all([heard(stage), guild.member('alice').say('/play song: Für Elise')]);
    expect(answer).toMatchObject({ content: `played Für Elise: ${SONG.length}`, flags: 0 });
    expect(song).toEqual([songText, songText]);
    expect(guild.channel('general').messages).toEqual([answer]);
  });

  it('plays by its own voice, which speaks TLS only', async () => {
    finally_(acceptAnyCertificate());
    const tls = await loopbackCertificate();
    const stage = await lounge({ tls });
    const client = await login(stage);
    const { id: guildId, voiceAdapterCreator } = client.guilds.cache.first()!;
    const connection = joinVoiceChannel({ guildId, channelId: stage.guild.channel('lounge').id, adapterCreator: voiceAdapterCreator, daveEncryption: false });
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
