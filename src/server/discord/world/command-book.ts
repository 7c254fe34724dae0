/** The commands that the application has registered. */
import { field } from '../../../protocol/payloads.js';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import type { CommandRecord } from './records.js';

/** The global commands, and those of one guild. */
export class CommandBook {
  readonly #commands = new Map<Snowflake, CommandRecord>();

  /** The commands of one guild, or the global ones. */
  at(guildId: Snowflake | null): readonly CommandRecord[] {
    return [...this.#commands.values()].filter((command) => command.guildId === guildId);
  }

  /** @throws ApiError */
  get(guildId: Snowflake | null, commandId: Snowflake): CommandRecord {
    const command = this.#commands.get(commandId);
    if (command?.guildId !== guildId) throw new ApiError('unknown command');
    return command;
  }

  /** The command with this name in a guild: the guild's own takes precedence over a global one. */
  named(guildId: Snowflake, name: string): CommandRecord | undefined {
    const meant = (at: Snowflake | null): CommandRecord | undefined =>
      this.at(at).find((command) => command.name === name && command.type === 1);
    return meant(guildId) ?? meant(null);
  }

  /** Registers a command. It replaces one of the same name and type, whose id it keeps. @param id the id of a new one */
  put(guildId: Snowflake | null, definition: Readonly<Record<string, unknown>>, id: Snowflake): CommandRecord {
    const { name, type = 1 } = definition;
    if (typeof name !== 'string' || !/^[^\s/]{1,32}$/u.test(name)) throw new ApiError('invalid form', { name: 'Command name is invalid' });
    if (typeof type !== 'number') throw new ApiError('invalid form', { type: 'Value is not a number' });
    if (!areOptions(definition['options'] ?? [])) throw new ApiError('invalid form', { options: 'Option name or type is invalid' });
    const former = this.at(guildId).find((command) => command.name === name && command.type === type);
    const command = { id: former?.id ?? id, guildId, name, type, definition, version: id };
    this.#commands.set(command.id, command);
    return command;
  }

  /** Changes a command. */
  edit(command: CommandRecord, change: Readonly<Record<string, unknown>>, version: Snowflake): CommandRecord {
    this.#commands.delete(command.id);
    const edited = this.put(command.guildId, { ...command.definition, ...change }, command.id);
    const renewed = { ...edited, version };
    this.#commands.set(renewed.id, renewed);
    return renewed;
  }

  remove(command: CommandRecord): void {
    this.#commands.delete(command.id);
  }

  /** Removes all commands of a guild, or all global ones. */
  clear(guildId: Snowflake | null): void {
    for (const command of this.at(guildId)) this.remove(command);
  }
}

function areOptions(value: unknown): boolean {
  const isOption = (one: unknown): boolean =>
    typeof field(one, 'name') === 'string' && typeof field(one, 'type') === 'number' && areOptions(field(one, 'options') ?? []);
  return Array.isArray(value) && value.every(isOption);
}
