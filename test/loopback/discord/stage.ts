/** A simulated Discord with one guild and two members in its lounge, and what they hear; everything is closed after each test. */
import { afterEach } from 'vitest';
import { filter, firstValueFrom, from, map, mergeMap, take, toArray } from 'rxjs';
import { connectVoice$, useSession, type GatewayPort, type VoiceOptions } from '../../../src/index.js';
import {
  startDiscord,
  type DiscordOptions,
  type Guild,
  type GuildOptions,
  type LoopbackDiscord,
  type Member,
} from '../../../src/server/index.js';
import { isSilenceFrame } from '../../../src/protocol/silence.js';
import { testFrames } from '../../../src/testing/test-frames.js';

/** One second. */
export const SONG = testFrames(50);
export const songText = SONG.map(hex);

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Runs `close` after the test; several run in reverse order. */
export function finally_(close: () => unknown): void {
  open.push(close);
}

export interface Lounge {
  readonly discord: LoopbackDiscord;
  readonly guild: Guild;
  readonly members: readonly Member[];
}

/** Alice and Bob are in the voice channel `lounge`; `general` is a text channel. */
export async function lounge(options: DiscordOptions = {}, more: GuildOptions = {}): Promise<Lounge> {
  const discord = await startDiscord(options);
  finally_(() => discord.close());
  const guild = discord.guild({
    name: 'tea',
    channels: { general: 'text', lounge: 'voice', attic: 'voice' },
    members: ['alice', 'bob'],
    ...more,
  });
  const members = ['alice', 'bob'].map((name) => guild.member(name));
  await Promise.all(members.map((member) => member.join(guild.channel('lounge'))));
  return { discord, guild, members };
}

/** The song as each member heard it from the bot, without silence. Call it before the song is played. */
export function heard({ guild, members }: Lounge): Promise<string[][]> {
  const each$ = members.map((member) => member.hear(guild.bot).pipe(map(({ frame }) => frame), filter((frame) => !isSilenceFrame(frame)), map(hex), take(SONG.length), toArray())); // prettier-ignore
  return firstValueFrom(from(each$).pipe(mergeMap((one$) => one$), toArray())); // prettier-ignore
}

/** Joins the lounge through a client's gateway, plays the song, and leaves. Resolves with the number of frames played. */
export async function playSong(
  { discord, guild }: Lounge,
  gateway$: GatewayPort,
  options: VoiceOptions = {},
  song = SONG,
): Promise<number> {
  const ids = { guildId: guild.id, channelId: guild.channel('lounge').id, userId: discord.botId };
  const song$ = connectVoice$(gateway$, ids, { dave: false, ...options }).pipe(useSession((session) => session.play(song)));
  const { frames } = await firstValueFrom(song$.pipe(filter((event) => event.type === 'finished')));
  return frames;
}

export function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}
