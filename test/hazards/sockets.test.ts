/** Two hazards of other libraries that live between real sockets and the event loop: peers.md 1.8, numbers 3 and 9. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { filter, firstValueFrom, lastValueFrom, Subject, take, takeUntil, tap, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeTransports } from '../../src/driver.js';
import type { VoiceGatewayVersion } from '../../src/protocol/opcodes.js';
import { connectVoice$, useSession, type LogEvent, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { startVoiceServer, type LoopbackVoiceServer } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { leakedResources, openResources } from '../support/open-resources.js';

const IDS = { guildId: '1', channelId: '2', userId: '10' };
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

let server: LoopbackVoiceServer;
let before: string[];

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  before = openResources();
});
afterEach(async () => {
  await server.close();
  expect(await leakedResources(before)).toEqual([]);
  process.off('unhandledRejection', note);
  process.off('uncaughtExceptionMonitor', note);
  expect(unhandled).toEqual([]);
});

const join = (options: VoiceOptions = {}) => connectVoice$(server.gateway('10'), IDS, options);

describe('hazard 3, discord.js #11436, #8728: a socket that closes during IP discovery is an unhandled rejection', () => {
  it.each([1006, 4015, 4006])('%i: recovery goes on, and the session comes', async (code) => {
    server = await startVoiceServer();
    server.faults.loseDiscoveryReplies(1);
    server.events$.pipe(filter(({ type }) => type === 'discovery'), take(1)).subscribe(() => server.faults.closeSocket('10', code));
    const faults: LogEvent[] = [];
    const log = (event: LogEvent): void => void (event.type === 'fault' && faults.push(event));
    const events = await lastValueFrom(join({ log }).pipe(useSession((session) => session.play(testFrames(3))), toArray()));
    expect(events.at(-1)).toEqual({ type: 'finished', frames: 3, heard: 60 });
    expect(faults).toMatchObject([{ fault: { type: 'closed', closeCode: code } }]);
  });

  it('a subscriber who leaves during discovery leaves nothing behind', async () => {
    server = await startVoiceServer();
    server.faults.loseDiscoveryReplies(1_000);
    const sessions: VoiceSession[] = [];
    const leave$ = new Subject<void>();
    const left = lastValueFrom(join().pipe(takeUntil(leave$), tap((session) => sessions.push(session)), toArray()));
    await firstValueFrom(server.events$.pipe(filter(({ type }) => type === 'discovery')));
    leave$.next();
    await left;
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(sessions).toEqual([]);
  });

  it('discovery that is never answered is a typed error with the likely cause', async () => {
    server = await startVoiceServer();
    server.faults.loseDiscoveryReplies(1_000);
    const joining = firstValueFrom(join({ timeouts: { discovery: 100 } }));
    await expect(joining).rejects.toMatchObject({ code: 'timeout', stage: 'discovery', likelyCause: expect.stringMatching(/UDP/) });
  });
});

describe('hazard 9, NetCord, songbird, koe, Discord4J: a dead WebSocket with an open TCP connection is never noticed', () => {
  it('heartbeats that nobody acknowledges: given up after three, resumed on another WebSocket, and not one frame lost', async () => {
    server = await startVoiceServer({ heartbeatInterval: 60 });
    const payloads: number[] = [];
    server.packets$.subscribe(({ payload }) => payload.length === 4 && payloads.push((payload[1]! << 8) | payload[2]!));
    const opened: number[] = [];
    server.events$.pipe(filter(({ type }) => type === 'opened')).subscribe(({ at }) => opened.push(at));
    server.events$.pipe(filter(({ type }) => type === 'resume')).subscribe(() => server.faults.ignoreHeartbeats(false));
    const faults: LogEvent[] = [];
    const log = (event: LogEvent): void => void (event.type === 'fault' && faults.push(event));
    await lastValueFrom(
      join({ log }).pipe(
        useSession((session) => session.play(testFrames(40))),
        tap((event) => event.type === 'sent' && event.position === 100 && server.faults.ignoreHeartbeats(true)),
      ),
    );
    expect(faults).toMatchObject([{ fault: { type: 'acks' }, recovery: { action: 'resume' } }]);
    expect(opened.length).toBe(2);
    expect(payloads).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('a network that swallows everything, close frames too: given up all the same, and resumed on another connection', async () => {
    server = await startVoiceServer({ heartbeatInterval: 60 });
    const swamp = await Swamp.before(Number(new URL(server.endpoint).port));
    const { socket$, udp$ } = nodeTransports();
    const transports = { udp$, socket$: (_: string, version: VoiceGatewayVersion) => socket$(swamp.endpoint, version) };
    const states: string[] = [];
    await lastValueFrom(
      join({ transports }).pipe(
        useSession((session) => {
          session.state$.subscribe(({ status }) => states.push(status));
          return session.play(testFrames(40));
        }),
        tap((event) => event.type === 'sent' && event.position === 100 && swamp.swallow()),
      ),
    );
    expect(states).toEqual(['ready', 'resuming', 'ready', 'ended']);
    expect(swamp.connections).toBe(2);
    await swamp.close();
  });
});

/** A TCP proxy that can stop forwarding, in both directions, while its connections stay open. */
class Swamp {
  connections = 0;
  readonly #open = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      this.connections += 1;
      const far = connect(port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#open.delete(socket));
      }
    });
  }

  static async before(port: number): Promise<Swamp> {
    const swamp = new Swamp(port);
    swamp.#server.listen(0, '127.0.0.1');
    await once(swamp.#server, 'listening');
    return swamp;
  }

  get endpoint(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The current connections forward nothing any more. */
  swallow(): void {
    for (const socket of this.#open) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe('a hazard of our own: who leaves within a call out of the library, and sockets that are opened after that', () => {
  /** Joins, and leaves at the first log event of a kind. Gives the kinds that came after it. */
  const leaveAt = async (kind: string): Promise<string[]> => {
    const leave$ = new Subject<void>();
    const later: string[] = [];
    let left = false;
    const log = (event: LogEvent): void => {
      const name = event.type === 'state' && event.state.status === 'connecting' ? `connecting ${event.state.stage}` : event.type === 'state' ? event.state.status : event.type;
      if (left) later.push(name);
      if (left || name !== kind) return;
      left = true;
      leave$.next();
    };
    await lastValueFrom(join({ log }).pipe(takeUntil(leave$)), { defaultValue: undefined });
    expect(left).toBe(true);
    return later;
  };

  it.each(['connecting socket', 'connecting hello', 'connecting ready', 'connecting discovery', 'connecting description', 'discovery', 'ready'])('at %s, twenty times: nothing is open afterwards', async (kind) => {
    server = await startVoiceServer();
    for (let i = 0; i < 20; i++) expect((await leaveAt(kind)).filter((name) => name !== 'ended')).toEqual([]);
  });
});
