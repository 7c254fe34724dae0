/** The slash commands: their registration at Discord, and how the bot reads them. */
import { ApplicationCommandOptionType } from 'discord.js';

const { Integer, String: Text } = ApplicationCommandOptionType;

export const COMMANDS = [
  {
    name: 'play',
    description: 'Plays a song, after those that wait',
    options: [{ name: 'song', description: 'Which', type: Text, required: true }],
  },
  { name: 'skip', description: 'Goes on with the next song' },
  { name: 'pause', description: 'Has the song wait, and go on' },
  {
    name: 'seek',
    description: 'Goes to another place of the song',
    options: [{ name: 'seconds', description: 'From its start', type: Integer, required: true, min_value: 0 }],
  },
  {
    name: 'volume',
    description: 'Makes it louder, or softer',
    options: [{ name: 'percent', description: '100 leaves it as it is', type: Integer, required: true, min_value: 0, max_value: 200 }],
  },
  { name: 'record', description: 'Records what is said here, until it is given again' },
  { name: 'leave', description: 'Has the bot leave' },
];

/**
 * @param {import('discord.js').ChatInputCommandInteraction<'cached'>} interaction
 * @returns {import('./bot.mjs').Command}
 */
export const commandOf = ({ commandName, member, options }) => ({
  type: commandName,
  channelId: member.voice.channelId,
  song: options.getString('song') ?? undefined,
  seconds: options.getInteger('seconds') ?? undefined,
  percent: options.getInteger('percent') ?? undefined,
});
