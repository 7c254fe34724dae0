/** The text side of a simulated member: what it writes, and the answers it waits for. */
import type { Snowflake } from '../../../types.js';
import { isTextType } from '../plain/channel-types.js';
import { readOptions, splitCommand, type GivenOption, type OptionDefinition } from '../plain/command-line.js';
import { memberError } from '../plain/member-error.js';
import { may } from '../world/access.js';
import { commandData, interactionPayload } from '../world/interaction-payloads.js';
import { Interaction, INTERACTION, type InteractionSubject, type Outcome } from '../world/interactions.js';
import type { MessagePayload } from '../world/message-payloads.js';
import type { ChannelRecord, CommandRecord, GuildRecord, MemberRecord } from '../world/records.js';
import { payloadOf, write } from '../world/talk.js';
import type { VerbParts } from './parts.js';

/** The number of bytes in an interaction's token. */
const TOKEN_BYTES = 32;

/** Messages and interactions of one member. */
export class Talker {
  constructor(
    private readonly parts: VerbParts,
    private readonly member: MemberRecord,
  ) {}

  async say(text: string, channelId?: Snowflake): Promise<MessagePayload> {
    const { world } = this.parts;
    const channel = this.#channel(channelId);
    if (!text.startsWith('/')) return payloadOf(world, write(world, channel, this.member.user, { content: text }));
    const { command, options } = this.#command(text);
    return this.#messageOf(
      await this.#interact({ type: INTERACTION.command, name: command.name, channel }, commandData(this.#guild, command, options)),
    );
  }

  async suggestions(line: string, channelId?: Snowflake): Promise<Extract<Outcome, { type: 'choices' }>['choices']> {
    const { command, options } = this.#command(line);
    const data = commandData(this.#guild, command, focusedLast(options));
    const outcome = await this.#interact({ type: INTERACTION.autocomplete, name: command.name, channel: this.#channel(channelId) }, data);
    return outcome.type === 'choices' ? outcome.choices : [];
  }

  async press(message: MessagePayload, customId: string, values?: readonly string[]): Promise<MessagePayload> {
    const { world } = this.parts;
    const pressed = world.messages.get(message.channel_id, message.id);
    const component = componentsOf(pressed.components).find((one) => one['custom_id'] === customId);
    if (component === undefined) throw new RangeError(`the message has no component '${customId}'`);
    const data = { custom_id: customId, component_type: component['type'], ...(values === undefined ? {} : { values }) };
    const subject = { type: INTERACTION.component, name: customId, channel: world.channel(message.channel_id), message: pressed };
    return this.#messageOf(await this.#interact(subject, data));
  }

  get #guild(): GuildRecord {
    return this.parts.world.guild(this.member.guildId);
  }

  #channel(id?: Snowflake): ChannelRecord {
    const channels = [...this.#guild.channels.values()];
    const channel = id === undefined ? channels.find(({ type }) => isTextType(type)) : this.#guild.channels.get(id);
    if (channel === undefined) throw memberError('may-not', 'there is no channel to say it in: give the guild a text channel');
    if (!may(this.#guild, this.member, ['SEND_MESSAGES'], channel))
      throw memberError('may-not', `${this.member.user.username} may not SEND_MESSAGES in '${channel.name}'`);
    return channel;
  }

  #command(line: string): { readonly command: CommandRecord; readonly options: readonly GivenOption[] } {
    const [name, rest] = splitCommand(line);
    const command = this.parts.world.commands.named(this.member.guildId, name);
    if (command === undefined) throw memberError('no-command', `the bot has registered no command '${name}' in this guild`);
    const declared = (command.definition['options'] ?? []) as readonly OptionDefinition[];
    return { command, options: readOptions(`/${name}`, declared, rest) };
  }

  #interact(subject: Omit<InteractionSubject, 'member'>, data: object): Promise<Outcome> {
    const { world, settings } = this.parts;
    const token = Buffer.from(settings.random(TOKEN_BYTES)).toString('base64url');
    const interaction = new Interaction(world.ids.next(), token, { ...subject, member: this.member });
    world.interactions.add(interaction);
    interaction.expect(settings.answerWithin, settings.scheduler);
    world.tell('INTERACTION_CREATE', this.member.guildId, interactionPayload(world, this.#guild, interaction, data));
    return interaction.outcome;
  }

  #messageOf(outcome: Outcome): MessagePayload {
    if (outcome.type !== 'message')
      throw memberError('no-answer', `the bot has answered with ${outcome.type === 'modal' ? 'a modal' : 'choices'}, not with a message`);
    return payloadOf(this.parts.world, outcome.message);
  }
}

/** The components of all rows and sections. */
function componentsOf(components: readonly unknown[]): readonly Readonly<Record<string, unknown>>[] {
  const objects = components.filter((one): one is Readonly<Record<string, unknown>> => typeof one === 'object' && one !== null);
  return objects.flatMap((one) => [one, ...(Array.isArray(one['components']) ? componentsOf(one['components']) : [])]);
}

/** Marks the last option as focused: it is being typed. */
function focusedLast(options: readonly GivenOption[]): readonly GivenOption[] {
  const last = options.at(-1);
  if (last === undefined) return options;
  const focused = last.options === undefined ? { ...last, focused: true as const } : { ...last, options: focusedLast(last.options) };
  return [...options.slice(0, -1), focused];
}
