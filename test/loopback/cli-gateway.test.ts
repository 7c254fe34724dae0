/** The command line against main gateways on loopback: that of `rxvoice serve`, and some that misbehave. Real sockets throughout. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstValueFrom, NEVER } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oggOpus } from '../../src/audio/index.js';
import { botGateway$ } from '../../src/cli/discord/gateway.js';
import type { PlaceChoice } from '../../src/cli/place/choice.js';
import { place$ } from '../../src/cli/place/place.js';
import { mainGateway$ } from '../../src/cli/serve/main-gateway.js';
import { startVoiceServer } from '../../src/server/index.js';
import { collect } from '../support/collect.js';
import { endAll, jsonLines, rxvoice, terminal } from '../support/rxvoice-process.js';

const TOKEN = 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs';
const SONG = fileURLToPath(new URL('../../src/cli/demo/song.opus', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
});
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

interface Heard {
  readonly op: number;
  readonly d: unknown;
}

/** A main gateway whose answer to each message is up to the test. */
async function fakeGateway(answer: (socket: WebSocket, message: Heard, connection: number) => void): Promise<{ url: string; close: () => void }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket) => {
    const connection = ++connections;
    socket.on('message', (data) => answer(socket, JSON.parse(String(data)) as Heard, connection));
    socket.send('{"op":10,"d":{"heartbeat_interval":1000}}');
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

const at = (url: string): PlaceChoice => ({ where: 'gateway', url, token: TOKEN, guildId: '3', channelId: '4' });

describe('at a main gateway', () => {
  it('a token that is none is told with its cure, in a line, and without the token', async () => {
    const gateway = await fakeGateway((socket, { op }) => op === 2 && socket.close(4004, 'Authentication failed.'));
    const { status, out, err } = await rxvoice(['record', '--gateway', gateway.url, '--out', 'refused'], folder, { DISCORD_TOKEN: TOKEN }).ended;
    gateway.close();
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/^rxvoice: the main gateway closed with 4004: the token is not that of a bot.*DISCORD_TOKEN\n$/);
    expect(err).not.toContain(TOKEN.slice(0, 20));
  });

  it('resumes where it was told to, with its session and the last number', async () => {
    const heard: (Heard & { connection: number })[] = [];
    const gateway = await fakeGateway((socket, { op, d }, connection) => {
      heard.push({ connection, op, d });
      const ready = { user: { id: '7' }, guilds: [], session_id: 'session', resume_gateway_url: gateway.url };
      if (op === 1) socket.send('{"op":11}');
      if (op === 2) socket.send(JSON.stringify({ op: 0, t: 'READY', s: 41, d: ready }));
      // Op 4 breaks the connection; the client then opens a new one.
      if (op === 4) socket.terminate();
      if (op === 6) socket.send('{"op":0,"t":"RESUMED","s":42,"d":{}}');
    });
    const said: (string | null | undefined)[] = [];
    const resumed = new Promise<void>((resolve) => {
      const bot = botGateway$({ token: TOKEN, url: gateway.url, random: () => 0 }).subscribe(({ port }) => {
        port.subscribe(({ t }) => {
          said.push(t);
          if (t !== 'RESUMED') return;
          bot.unsubscribe();
          resolve();
        });
        port.next({ op: 4, d: { guild_id: '100', channel_id: '200', self_mute: true, self_deaf: false } });
      });
    });
    await resumed;
    gateway.close();
    expect(said).toEqual(['RESUMED']);
    expect(heard.filter(({ op }) => op !== 1)).toMatchObject([
      { connection: 1, op: 2, d: { token: TOKEN, intents: 129 } },
      { connection: 1, op: 4, d: { guild_id: '100', channel_id: '200', self_mute: true } },
      { connection: 2, op: 6, d: { token: TOKEN, session_id: 'session', seq: 41 } },
    ]);
  });

  it('says that the bot is not in the guild, before anything is waited for', async () => {
    const gateway = await fakeGateway((socket, { op }) => op === 2 && socket.send('{"op":0,"t":"READY","s":1,"d":{"user":{"id":"7"},"guilds":[{"id":"1"},{"id":"2"}],"session_id":"s"}}'));
    await expect(firstValueFrom(place$(at(gateway.url), { guest: () => NEVER }))).rejects.toThrow('bot 7 is not in guild 3 (it is in 2 others): invite it');
    gateway.close();
  });
});

describe('the main gateway of serve', () => {
  it('refuses what is no gateway client, and does not answer who has not identified', async () => {
    const voice = await startVoiceServer();
    const closed: number[] = [];
    await new Promise<void>((resolve) => {
      const server = mainGateway$(voice, 0).subscribe(({ url }) => {
        const say = async (...messages: string[]): Promise<void> => {
          const { WebSocket: Client } = await import('ws');
          const socket = new Client(url);
          await once(socket, 'open');
          messages.forEach((message) => socket.send(message));
          closed.push(((await once(socket, 'close')) as [number])[0]);
        };
        const identify = '{"op":2,"d":{"token":"any","intents":129}}';
        void Promise.all([say('no JSON'), say('{"op":4,"d":{}}'), say('{"op":2,"d":{}}'), say(identify, identify)]).then(() => {
          server.unsubscribe();
          resolve();
        });
      });
    });
    await voice.close();
    expect(closed.sort()).toEqual([4002, 4003, 4004, 4005]);
  });

  it('says that its port is in use', async () => {
    const gateway = await fakeGateway(() => undefined);
    const voice = await startVoiceServer();
    await expect(firstValueFrom(mainGateway$(voice, Number(new URL(gateway.url).port)))).rejects.toThrow(/^port \d+ is in use, perhaps by another 'rxvoice serve': name another/);
    gateway.close();
    await voice.close();
  });
});

describe.concurrent('rxvoice serve', () => {
  it('is where others meet: it tells who is there, and who speaks', async () => {
    const serve = rxvoice(['serve', '--port', '0', '--json'], folder);
    const [, url] = await serve.until(/"gateway":"(ws:[^"]+)"/);
    const record = rxvoice(['record', '--gateway', url!, '--out', 'heard', '--kind', 'user-ogg,transcript-json', '--json'], folder);
    await record.until(/"health"/);
    const play = rxvoice(['play', '--gateway', url!, SONG, '--json'], folder);
    await record.until(/"type":"progress"/);
    play.child.kill('SIGINT');
    expect(await play.ended).toMatchObject({ status: 130, err: '' });
    record.child.kill('SIGINT');
    const recorded = await record.ended;
    expect(recorded).toMatchObject({ status: 130, err: '' });
    serve.child.kill('SIGINT');
    const served = await serve.ended;
    expect([served.status, served.err]).toEqual([130, '']);

    const facts = jsonLines(served.out);
    expect(facts[0]).toMatchObject({ type: 'listening', encrypted: true });
    for (const userId of ['1001', '1002']) {
      const theirs = facts.filter((fact) => fact['userId'] === userId).map(({ type }) => type);
      expect(theirs.filter((type) => ['joined', 'left'].includes(type))).toEqual(['joined', 'left']);
    }
    const speaking = facts.filter(({ type }) => type === 'speaking').map((fact) => [fact['userId'], fact['speaking']]);
    expect(speaking.slice(0, 1)).toEqual([['1002', true]]);
    expect(speaking.slice(-1)).toEqual([['1002', false]]);
    // The recording holds the very packets that were played, in their order.
    expect(readdirSync(join(folder, 'heard')).sort()).toEqual(['1002.ogg', 'transcript.json']);
    const packets = async (path: string): Promise<string[]> => (await collect(oggOpus(readFileSync(path)))).items.map((frame) => Buffer.from(frame).toString('base64'));
    const [played, heard] = [await packets(SONG), await packets(join(folder, 'heard', '1002.ogg'))];
    const places = heard.map((packet) => played.indexOf(packet)).filter((place) => place >= 0);
    expect(places.length).toBeGreaterThan(0);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    // They are consecutive, except for those that the recording reports as missing: a busy machine may be late with some.
    const closed = jsonLines(recorded.out).filter((fact) => fact.type === 'file-closed' && String(fact['path']).endsWith('1002.ogg'));
    expect(closed).toHaveLength(1);
    const missing = places.at(-1)! - places[0]! + 1 - places.length;
    expect(missing).toBeLessThanOrEqual(Number(closed[0]!['lost']) + Number(closed[0]!['dropped']));
  });

  it('shows them in a terminal, and is left by q', async () => {
    const serve = terminal(['serve', '--port', '0', '--plain'], 60, folder);
    if (serve === undefined) return console.log('not checked: there is no script(1) here');
    await serve.until(/rxvoice play --gateway (ws:\S+) FILE[\s\S]*nobody is here/);
    serve.child.stdin!.write('q');
    expect((await serve.ended).status).toBe(0);
  });
});

describe.concurrent('rxvoice record', () => {
  it('records the guest of the embedded server for as long as it is told, and never over a file', async () => {
    writeFileSync(join(folder, '2.ogg'), 'somebody needs this');
    const { status, out, err } = await rxvoice(['record', '--out', '.', '--for', '2s'], folder).ended;
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/^on an embedded server, in this process: DISCORD_TOKEN is not set\nrecording 2-2\.ogg \(user 2\)\n✔ 2-2\.ogg: 0:0\d, .*\n$/);
    expect(readFileSync(join(folder, '2.ogg'), 'utf8')).toBe('somebody needs this');
  });

  it('is ended by q in a terminal of 20 columns, with a status that stays on its line', async () => {
    const record = terminal(['record', '--out', 'narrow'], 20, folder, { NO_COLOR: '1' });
    if (record === undefined) return console.log('not checked: there is no script(1) here');
    // Any second but the first: which of them is drawn depends on the clock, and is tested without one.
    await record.until(/● 0:(?!00)\d\d/);
    record.child.stdin!.write('q');
    const { status, out } = await record.ended;
    expect(status).toBe(0);
    expect(out).toMatch(/✔ narrow\/2\.ogg/);
    expect(out).not.toMatch(/\x1b\[\d*m/);
    const lines = out.split(/\r?\n|\x1b\[\d*A\r?\x1b\[J/).filter((line) => /^[●○]/.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20);
  });

  it.each([
    ['--out song.txt/x', 'song.txt/x cannot be written (what should be its folder is a file): name another folder with --out\n'],
    ['--out song.txt', 'song.txt is a file, and no folder: name another folder with --out\n'],
    ['--kind mp3', "--kind must be one of user-ogg, user-wav, mix-wav, mix-ogg, transcript-json, transcript-vtt, and is 'mp3'\n"],
    ['a.ogg', 'record takes no files, and so not a.ogg; --out says where to write\n'],
  ])('%s is told in a line', async (line, text) => {
    writeFileSync(join(folder, 'song.txt'), '');
    const { status, out, err } = await rxvoice(['record', ...line.split(' ')], folder).ended;
    expect(out).toBe('');
    expect(status).toBeGreaterThan(0);
    expect(err.startsWith(`rxvoice: ${text}`), err).toBe(true);
    expect(err).not.toMatch(/^ +at /m);
  });
});

describe.concurrent('rxvoice doctor', () => {
  it('looks at all that voice needs, says what is missing, and shows no token', async () => {
    const { status, out, err } = await rxvoice(['doctor', '--json', '--ffmpeg', './none'], folder, { DISCORD_TOKEN: TOKEN }).ended;
    expect([status, err]).toEqual([0, '']);
    const facts = jsonLines(out);
    const names = ['rxvoice', 'Node', 'system', 'packages', 'rxjs', 'transport crypto', 'end-to-end (DAVE)', 'Opus codec', 'ffmpeg', 'UDP', 'clock', 'DISCORD_TOKEN'];
    expect(facts.filter(({ type }) => type === 'check').map((fact) => fact['name'])).toEqual(names);
    expect(facts.find((fact) => fact['name'] === 'ffmpeg')).toMatchObject({ verdict: 'warn', cure: expect.stringContaining('apt-get install ffmpeg') as string });
    expect(facts.at(-1)).toMatchObject({ type: 'summary', bad: 0 });
    expect(out).not.toContain(TOKEN.slice(0, 20));
  });
});
