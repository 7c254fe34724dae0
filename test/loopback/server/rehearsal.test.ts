/** Checks docs/server.md: its examples run, and by default rxvoice does what its tables say. */
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import * as rxjs from 'rxjs';
import { distinctUntilChanged, firstValueFrom, map, Subscription, takeWhile, toArray } from 'rxjs';
import * as rxvoice from '../../../src/index.js';
import * as rxvoiceServer from '../../../src/server/index.js';
import { connectVoice$, type VoiceSession } from '../../../src/index.js';
import {
  startVoiceServer,
  type LoopbackVoiceServer,
  type ServerFaults,
  type VoiceServerOptions,
} from '../../../src/server/index.js';
import { ALICE, CHANNEL, GUILD, nextEvent, OTHER_CHANNEL } from './stage.js';

const MODULES: Readonly<Record<string, object>> = { rxjs, rxvoice, 'rxvoice/server': rxvoiceServer };
const ON_NODES = process.env['RXVOICE_ENGINE'] === 'nodes';
const EXAMPLES = [...readFileSync('docs/server.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** Runs the code of a page, and gives what it logs. */
async function run(code: string): Promise<unknown[]> {
  const said: unknown[] = [];
  const body = code.replace(/^import (\{[^}]*\}) from '([^']+)';$/gm, "const $1 = modules['$2'];");
  const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction('modules', 'console', body)(MODULES, { log: (value: unknown) => said.push(value) });
  return said;
}

describe('the examples of the page', () => {
  it('rehearse a bot', async () => {
    expect(await run(EXAMPLES[0]!)).toEqual(['ready', 'resuming', 'ready', 'reconnecting', 'ready', 'ended']);
  });

  it('hear real traffic, and account for it', async () => {
    expect(await run(EXAMPLES[1]!)).toEqual([{ voice: true, level: 30 }, true]);
  });

  it('say who sent', async () => {
    expect(await run(EXAMPLES[2]!)).toEqual([[]]);
    expect(EXAMPLES.length).toBe(3);
  });
});

/** The statuses from ready to ready again, or to the end, without consecutive repetitions. */
async function pathOf(session: VoiceSession): Promise<string[]> {
  let ready = 0;
  return firstValueFrom(
    session.state$.pipe(
      map(({ status }) => status),
      distinctUntilChanged(),
      takeWhile((status) => status !== 'ready' || ++ready < 2, true),
      toArray(),
    ),
  );
}

/** Each fault has its own server and session, so that the tests can run concurrently. An error adds its name at the end. */
async function rehearse(fault: (server: LoopbackVoiceServer) => unknown, options: VoiceServerOptions = {}): Promise<string[]> {
  const server = await startVoiceServer(options);
  const held = new Subscription();
  const ids = { guildId: GUILD, channelId: CHANNEL, userId: ALICE };
  try {
    const failures: string[] = [];
    const session = await new Promise<VoiceSession>((next, reject) => {
      const error = (failure: Error): void => {
        failures.push(failure.name);
        reject(failure);
      };
      held.add(connectVoice$(server.gateway(ALICE), ids, { dave: false }).subscribe({ next, error }));
    });
    const path = pathOf(session);
    await fault(server);
    return [...(await path), ...failures];
  } finally {
    held.unsubscribe();
    await server.close();
  }
}

describe('by default rxvoice', () => {
  const RESUMES = ['ready', 'resuming', 'ready'];
  const JOINS_ANEW = ['ready', 'reconnecting', 'ready'];
  const RESUMES_IN_VAIN = ['ready', 'resuming', 'reconnecting', 'ready'];
  const rows: readonly (readonly [string, (faults: ServerFaults) => unknown, readonly string[]])[] = [
    ['dropSocket', (faults) => faults.dropSocket(ALICE), RESUMES],
    ['closeSocket 4015', (faults) => faults.closeSocket(ALICE, 4015), RESUMES],
    ['closeSocket 4006', (faults) => faults.closeSocket(ALICE, 4006), JOINS_ANEW],
    ['closeSocket 4021', (faults) => faults.closeSocket(ALICE, 4021), ['ready', 'reconnecting', 'failed', 'VoiceSocketClosedError']],
    ['refuse socket', (faults) => { faults.refuse('socket', 503, { times: 1 }); faults.dropSocket(ALICE); }, RESUMES],
    ['refuse hello', (faults) => { faults.refuse('hello', 1011, { times: 1 }); faults.dropSocket(ALICE); }, RESUMES],
    ['refuse resume', (faults) => { faults.refuse('resume', 4006, { times: 1 }); faults.dropSocket(ALICE); }, RESUMES_IN_VAIN],
    ['forgetReplays', (faults) => { faults.forgetReplays(ALICE, 4009); faults.dropSocket(ALICE); }, RESUMES_IN_VAIN],
    ...(['ready', 'discovery', 'select', 'description'] as const).map(
      (stage) => [`refuse ${stage}`, (faults: ServerFaults) => { faults.refuse(stage, 4015, { times: 1 }); faults.closeSocket(ALICE, 4006); }, JOINS_ANEW] as const,
    ),
    ['closeAfter ready', (faults) => { faults.closeAfter('ready', 4006, { times: 1 }); faults.closeSocket(ALICE, 4006); }, JOINS_ANEW],
    ['loseDiscoveryReplies', (faults) => { faults.loseDiscoveryReplies(1); faults.closeSocket(ALICE, 4006); }, JOINS_ANEW],
    ['move', (faults) => faults.move(ALICE, OTHER_CHANNEL), JOINS_ANEW],
    ['nameServer', (faults) => faults.nameServer(GUILD), JOINS_ANEW],
    ['changeRegion', (faults) => faults.changeRegion(GUILD), JOINS_ANEW],
    ['renewSession', (faults) => faults.renewSession(ALICE), JOINS_ANEW],
    ['reidentifyGateway', (faults) => faults.reidentifyGateway(ALICE), JOINS_ANEW],
    ['restart', (faults) => faults.restart(100), RESUMES_IN_VAIN],
    ['kick', (faults) => faults.kick(ALICE), ['ready', 'ended']],
    ['endCall', (faults) => faults.endCall(GUILD, CHANNEL), ['ready', 'ended']],
    ['deleteChannel', (faults) => faults.deleteChannel(GUILD, CHANNEL), ['ready', 'ended']],
  ]; // prettier-ignore
  it.concurrent.each(rows)('meets %s', async (name, fault, path) => {
    const told = await rehearse(({ faults }) => fault(faults));
    // A node receives the gateway's news of an end over NATS, possibly after the close of the voice server.
    const closeFirst = ON_NODES && ['kick', 'endCall'].includes(name) && told.includes('reconnecting');
    expect(told).toEqual(closeFirst ? ['ready', 'reconnecting', 'ended'] : path);
  });

  it.concurrent('meets a crash: by what the gateway says of it, or by a resume in vain', async () => {
    const told = await rehearse(({ faults }) => faults.crash());
    // The news of the crash comes in two ways, and either may be the faster.
    expect([JOINS_ANEW, RESUMES_IN_VAIN]).toContainEqual(told);
    expect(await rehearse(({ faults }) => faults.crash(), { afterCrash: 'nothing' })).toEqual(RESUMES_IN_VAIN);
  });

  it.concurrent('waits for a server that went away', async () => {
    const path = await rehearse(async (server) => {
      const away = nextEvent(server, 'session-ended');
      server.faults.nullEndpoint(GUILD);
      await away;
      server.faults.nameServer(GUILD);
    });
    expect([path[0], path.at(-1)]).toEqual(['ready', 'ready']);
    expect(path).toContain('signalling');
  });

  it.concurrent('gives a socket up that is open but dead, and resumes on the next', async () => {
    const dead = (server: LoopbackVoiceServer): void => {
      const { faults } = server;
      faults.silent(ALICE, true, 'control');
      // The server answers again only once the next socket is open, because the Resume on it waits for an answer.
      void firstValueFrom(server.events$.pipe(rxjs.filter(({ type }) => type === 'opened'))).then(() => faults.silent(ALICE, false));
    };
    expect(await rehearse(dead, { heartbeatInterval: 200 })).toEqual(RESUMES);
  });
});
