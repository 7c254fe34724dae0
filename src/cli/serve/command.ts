/** `rxvoice serve`. */
import { Misuse, readArguments, readOption, type Command } from '../command.js';
import { jsonTeller } from '../report.js';
import { portNumber } from '../values.js';

/** The default port of `rxvoice serve`. It is fixed, so that the other commands can be called the same way each time. */
const PORT = '7230';

export const serve: Command = {
  name: 'serve',
  usage: '[--discord [--say TEXT]…] [--port N] [--plain] [--json]',
  about: [
    'runs the embedded voice server, and a main gateway for it, on this machine: for rxvoice',
    'play and record with --gateway, and for bots that can be given the URL of a gateway. Shows',
    'who is in which channel, and who speaks. With --discord it is a whole Discord, for bots in any',
    'language: REST, gateway and voice, a guild, and alice in its lounge.',
  ],
  options: [
    ['--discord', 'a whole Discord: log in with the token that is shown'],
    ['--say TEXT', "what alice says, once: '/play song: x' is sent when the bot has registered it"],
    ['--port N', `of the main gateway (default ${PORT}; 0: any)`],
    ['--plain', 'calls without end-to-end encryption'],
    ['--json', 'one JSON object per line'],
  ],
  async run(args, open) {
    const { values, positionals } = readArguments(args, {
      port: { type: 'string', default: PORT },
      discord: { type: 'boolean', default: false },
      say: { type: 'string', multiple: true, default: [] },
      plain: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length > 0) throw new Misuse(`serve takes no files, and so not ${positionals.join(', ')}`);
    if (values.say.length > 0 && !values.discord) throw new Misuse('--say is for --discord: there is nobody else to say it');
    const port = readOption('--port', values.port, portNumber, 'a number from 0 to 65535');
    const { out, colour, stop$, keys$ } = await open();
    const [{ filter, merge }, { tellUntilStopped }, { serveScreen }, { serve$ }] = await Promise.all([import('rxjs'), import('../until-stopped.js'), import('./screen.js'), import('./serve.js')]);
    const teller = values.json ? jsonTeller(out) : serveScreen(out, colour, () => new Date().toTimeString().slice(0, 8));
    const left$ = keys$.pipe(filter((key) => key === 'q'));
    const options = { port, encrypted: !values.plain, watched: out.isTTY === true && !values.json, says: values.discord ? values.say : undefined };
    const stop = await tellUntilStopped(teller, stop$, (first$) => serve$(options, merge(first$, left$)));
    return stop?.status ?? 0;
  },
};
