/** A server with its clients; all are closed after each test. */
import { afterEach } from 'vitest';
import { filter, firstValueFrom, map, VirtualTimeScheduler, type Observable } from 'rxjs';
import {
  startVoiceServer,
  type LoopbackVoiceServer,
  type ServerEvent,
  type VoiceServerOptions,
} from '../../../src/server/index.js';
import { RawVoiceClient, type Admission } from '../../support/raw-voice-client.js';

export const GUILD = '1000';
export const CHANNEL = '2000';
export const OTHER_CHANNEL = '2001';
export const ALICE = '3001';
export const BOB = '3002';
export const CAROL = '3003';

const servers: LoopbackVoiceServer[] = [];
const clients: RawVoiceClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export async function serve(options: VoiceServerOptions = {}): Promise<LoopbackVoiceServer> {
  const server = await startVoiceServer(options);
  servers.push(server);
  return server;
}

export function admit(server: LoopbackVoiceServer, userId = ALICE, channelId = CHANNEL): Admission {
  return server.admit({ guildId: GUILD, channelId, userId });
}

export async function open(server: LoopbackVoiceServer, query = '?v=8'): Promise<RawVoiceClient> {
  return keep(await RawVoiceClient.open(server.endpoint, { query }));
}

export async function join(
  server: LoopbackVoiceServer,
  userId = ALICE,
  options: Parameters<typeof RawVoiceClient.join>[2] & { readonly channelId?: string } = {},
): Promise<RawVoiceClient> {
  return keep(await RawVoiceClient.join(server.endpoint, admit(server, userId, options.channelId), options));
}

/** Closes the client at the end of the test. */
export function keep(client: RawVoiceClient): RawVoiceClient {
  clients.push(client);
  return client;
}

/** The next event of a type. Call this before causing the event. */
export function nextEvent<T extends ServerEvent['type']>(
  server: LoopbackVoiceServer,
  type: T,
): Promise<Extract<ServerEvent, { readonly type: T }>> {
  return firstValueFrom(server.events$.pipe(ofType(type)));
}

/** A clock that stands still until {@link pass}. */
export function virtualTime(): VirtualTimeScheduler {
  return new VirtualTimeScheduler(undefined, 0);
}

/** Runs what is due within the next `ms` milliseconds. */
export function pass(scheduler: VirtualTimeScheduler, ms: number): void {
  scheduler.maxFrames += ms;
  scheduler.flush();
  scheduler.frame = scheduler.maxFrames;
}

function ofType<T extends ServerEvent['type']>(type: T) {
  return (events$: Observable<ServerEvent>): Observable<Extract<ServerEvent, { readonly type: T }>> =>
    events$.pipe(
      filter((event) => event.type === type),
      map((event) => event as Extract<ServerEvent, { readonly type: T }>),
    );
}
