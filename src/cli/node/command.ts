/** `rxvoice node`. */
import { Misuse, readArguments, readOption, type Command } from '../command.js';
import { jsonTeller } from '../report.js';
import { portNumber } from '../values.js';

const URL = 'nats://127.0.0.1:4222';

export const node: Command = {
  name: 'node',
  usage: '[--nats URL] [--creds FILE] [--prefix NAME] [--name NAME] [--files FOLDER] [--capacity N] [--checkpoint MS] [--rebalance MS] [--health PORT] [--no-prepare] [--json]',
  about: [
    'runs voice sessions for bots on other machines that use natsEngine of rxvoice/nodes. On',
    'SIGTERM it moves its sessions to other nodes, and then ends.',
  ],
  options: [
    ['--nats URL', `the NATS server; it needs JetStream (default ${URL})`],
    ['--creds FILE', 'credentials for NATS; or set NATS_USER and NATS_PASSWORD, or NATS_TOKEN'],
    ['--prefix NAME', 'prefix of subjects and buckets, the same as in the bots (default rxvoice)'],
    ['--name NAME', 'start of the id of the node (default node)'],
    ['--files FOLDER', 'folder of the files that bots may play from this node (default: none)'],
    ['--capacity N', 'sessions that this node is willing to run (default 500)'],
    ['--checkpoint MS', 'how often the positions of kept songs are stored; 0: never (default 5000)'],
    ['--rebalance MS', 'how long a session stays before it may move to a less busy node; 0: never moves (default 0)'],
    ['--health PORT', 'serves health probes (200 while it serves) and /metrics there (default: none)'],
    ['--no-prepare', 'move sessions at once, without waiting until the next node is ready'],
    ['--json', 'one JSON object per line'],
  ],
  async run(args, open) {
    const { values, positionals } = readArguments(args, {
      nats: { type: 'string', default: URL },
      creds: { type: 'string' },
      prefix: { type: 'string' },
      name: { type: 'string' },
      files: { type: 'string' },
      capacity: { type: 'string', default: '500' },
      checkpoint: { type: 'string', default: '5000' },
      rebalance: { type: 'string', default: '0' },
      health: { type: 'string' },
      'no-prepare': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length > 0) throw new Misuse(`node takes no files, and so not ${positionals.join(', ')}`);
    const capacity = readOption('--capacity', values.capacity, (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined), 'a number of sessions, 1 or more');
    const checkpoint = readOption('--checkpoint', values.checkpoint, (text) => (/^(0|[5-9]\d\d|[1-9]\d{3,6})$/.test(text) ? Number(text) : undefined), 'ms, 500 or more, or 0');
    const rebalance = readOption('--rebalance', values.rebalance, (text) => (/^(0|[1-9]\d{3,7})$/.test(text) ? Number(text) : undefined), 'ms, 1000 or more, or 0');
    const health = values.health === undefined ? undefined : readOption('--health', values.health, portNumber, 'a number from 0 to 65535');
    const { prefix, name, files, nats: url, creds } = values;
    const options = { capacity, checkpoint, rebalance, prepare: !values['no-prepare'], ...(prefix === undefined ? {} : { prefix }), ...(name === undefined ? {} : { name }), ...(files === undefined ? {} : { files }) };
    const { out, stop$ } = await open();
    const [{ tellUntilStopped }, { nodeScreen }, { runNode$ }] = await Promise.all([import('../until-stopped.js'), import('./screen.js'), import('./run-node.js')]);
    await tellUntilStopped(values.json ? jsonTeller(out) : nodeScreen(out), stop$, (first$) => runNode$({ url, creds, env: process.env }, options, health, first$));
    // It was asked to end, and has done so.
    return 0;
  },
};
