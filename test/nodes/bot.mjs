/** Child process: the bot, with a song in each guild. Its gateways are those of the voice server in the parent process. */
import { connect } from '@nats-io/transport-node';
import { Subject, switchMap } from 'rxjs';
import { BOT, PASSWORD } from './permissions.mjs';
import { load } from '../bench/library.mjs';

const { connectVoice$, gatewayPort } = await load('index.js');
const { source } = await load('audio/index.js');
const { natsEngine } = await load('nodes/index.js');
const [url, file, songs, options, logs] = [process.argv[2], process.argv[3], Number(process.argv[4]), JSON.parse(process.argv[5]), process.argv[6] === 'true'];
/** Writes an entry of a session's log to stderr, with the time. */
const log = (entry) => console.error(Date.now(), 'bot', process.pid, JSON.stringify(entry));

const gateways = new Map();
process.on('message', ({ userId, payload, ask }) => {
  if (ask === 'stats') process.send({ stats: connection.stats() });
  else if (ask === 'leave') leave();
  else gateways.get(userId)?.next(payload);
});
process.on('disconnect', () => process.exit(0));

const connection = await connect({ servers: url, user: 'bot', pass: PASSWORD, maxReconnectAttempts: -1, reconnectTimeWait: 100, reconnectJitter: 20 });
const engine = natsEngine(connection, { bot: BOT, ...options });
const playing = Array.from({ length: songs }, (_, i) => {
  const userId = String(1_000 + i);
  const payloads$ = new Subject();
  gateways.set(userId, payloads$);
  const gateway = gatewayPort(payloads$, (payload) => process.send({ userId, payload }));
  return connectVoice$(gateway, { guildId: String(10 + i), userId, channelId: String(5_000 + i) }, { engine, ...(logs ? { log } : {}) })
    .pipe(switchMap((session) => session.play(source(file))))
    .subscribe({
      next: ({ type }) => {
        if (type === 'started') process.send({ started: i });
      },
      error: (error) => process.send({ fault: `song ${i}: ${error.stack}` }),
      complete: () => process.send({ fault: `song ${i} has ended` }),
    });
});

function leave() {
  for (const song of playing) song.unsubscribe();
  engine.close();
  void connection.flush().then(() => process.exit(0));
}
