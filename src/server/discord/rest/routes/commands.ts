/** Application commands, global and of one guild. */
import { ApiError } from '../../plain/api-error.js';
import { commandPayload } from '../../world/message-payloads.js';
import type { CommandRecord } from '../../world/records.js';
import type { RestContext } from '../context.js';
import { Form } from '../form.js';
import { route, type ApiRequest, type Route } from '../route.js';

/** `/applications/:application/commands/…`, and the same for a guild. */
export function commandRoutes({ world }: RestContext): readonly Route[] {
  const { commands, ids } = world;
  const written = (command: CommandRecord): object => commandPayload(command, world.bot.id);
  const own = ({ param }: ApiRequest): void => {
    if (param('application') !== world.bot.id) throw new ApiError('unknown application');
  };
  const below = (path: string, guildOf: (request: ApiRequest) => string | null): readonly Route[] => {
    const place = (request: ApiRequest): string | null => {
      own(request);
      const guildId = guildOf(request);
      return guildId === null ? null : world.guild(guildId).id;
    };
    const commandOf = (request: ApiRequest): CommandRecord => commands.get(place(request), request.param('command'));
    return [
      route('GET', path, (request) => commands.at(place(request)).map(written)),
      route('POST', path, (request) => written(commands.put(place(request), request.form.fields, ids.next()))),
      route('PUT', path, (request) => {
        const { body } = request.form;
        if (!Array.isArray(body)) throw new ApiError('invalid form', { _: 'Only iterables may be used in a ListType' });
        const definitions = body.map((one) => new Form(one).fields);
        const guildId = place(request);
        const kept = definitions.map((definition) => commands.put(guildId, definition, ids.next()));
        for (const command of commands.at(guildId)) if (!kept.some(({ id }) => id === command.id)) commands.remove(command);
        return kept.map(written);
      }),
      route('GET', `${path}/:command`, (request) => written(commandOf(request))),
      route('PATCH', `${path}/:command`, (request) => written(commands.edit(commandOf(request), request.form.fields, ids.next()))),
      route('DELETE', `${path}/:command`, (request) => commands.remove(commandOf(request))),
    ];
  };
  return [
    ...below('/applications/:application/commands', () => null),
    ...below('/applications/:application/guilds/:guild/commands', ({ param }) => param('guild')),
  ];
}
