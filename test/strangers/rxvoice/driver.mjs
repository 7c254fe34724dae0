/**
 * rxvoice as a stranger: a minimal implementation of the line protocol, without Python. Its argument selects a fault, so that
 * strangers.test.ts can see the steps fail: `alters` what it heard, `dies` when asked to join, `stays` when asked to leave.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { lastValueFrom, Subject } from 'rxjs';
import { load } from '../../bench/library.mjs';

const { connectVoice$, gatewayPort, isSilenceFrame } = await load('index.js');
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
const wrong = process.argv[2];
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const events$ = new Subject();
const gateway = gatewayPort(events$, (command) => tell({ command }));
let world;
let membership;
let session;

const answers = {
  begin: (body) => {
    world = body;
    return { library: `rxvoice ${version}`, beside: `Node ${process.version}` };
  },
  join: ({ channelId }) => {
    if (wrong === 'dies') fail('I die');
    if (wrong === 'stays') throw new Error('I stay');
    return new Promise((resolve, reject) => {
      membership = connectVoice$(gateway, { ...world, channelId }).subscribe({ next: (ready) => resolve(listen(ready)), error: reject });
    });
  },
  introduce: () => undefined,
  play: async ({ frames }) => void (await lastValueFrom(session.play(frames.map((frame) => Buffer.from(frame, 'hex'))))),
  leave: () => membership.unsubscribe(),
};

function listen(ready) {
  session = ready;
  session.e2ee$.subscribe(({ privacyCode }) => tell({ code: privacyCode }));
  session.receive().subscribe(({ userId, frame }) => {
    const text = Buffer.from(frame).toString('hex');
    if (!isSilenceFrame(frame)) tell({ heard: { userId, frame: wrong === 'alters' ? `${text}00` : text } });
  });
}

function fail(word) {
  process.stderr.write(`${word}\n`);
  process.exit(3);
}

process.stderr.write(`pid ${process.pid}\n`);
const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const { id, ask, body, dispatch } = JSON.parse(line);
  if (dispatch !== undefined) return events$.next({ op: 0, s: 0, ...dispatch });
  try {
    tell({ id, value: (await answers[ask](body)) ?? null });
  } catch ({ message }) {
    tell({ id, error: message });
  }
});
lines.on('close', () => (wrong === 'stays' ? setInterval(() => undefined, 1_000) : process.exit(0)));
