/** A TLS voice server with rxvoice sessions and djs connections in it, and the end of them all after each test. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { filter, firstValueFrom, map, Subscription, type Observable } from 'rxjs';
import { connectVoice$, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { nodeTransports } from '../../src/driver.js';
import {
  startVoiceServer,
  type LoopbackVoiceServer,
  type ServerEvent,
  type ServerPacket,
  type VoiceServerOptions,
} from '../../src/server/index.js';
import { acceptAnyCertificate, loopbackCertificate } from '../support/certificate.js';
import { DjsClient } from '../support/djs.js';

export const GUILD = '1000';
export const CHANNEL = '2000';
export const RX_USER = '3001';
export const DJS_USER = '3002';

export interface Stage {
  readonly server: LoopbackVoiceServer;
  joinRx(options?: VoiceOptions, userId?: string): Promise<VoiceSession>;
  joinDjs(userId?: string): Promise<DjsClient>;
  /** Every datagram so far was of a session, from its address, and could be decrypted; else the error tells what came before, and whose SSRC it was. */
  expectClean(): void;
  /** A member leaves, and may join again. */
  leave(userId: string): void;
  /** Everybody leaves, and the server closes. */
  end(): Promise<void>;
}

/**
 * Serves TLS, because djs accepts nothing else; rxvoice checks the certificate. Both libraries offer end-to-end encryption if, and only if,
 * the server is told a `daveVersion`.
 */
export async function setStage(options: VoiceServerOptions = {}): Promise<Stage> {
  const tls = await loopbackCertificate();
  const server = await startVoiceServer({ tls, ...options });
  const dave = (options.daveVersion ?? 0) > 0;
  const journal: ServerEvent[] = [];
  server.events$.pipe(filter(({ type }) => type !== 'heartbeat')).subscribe((event) => journal.push(event));
  const held = new Map<string, Subscription>();
  const hold = (userId: string): Subscription => {
    const subscription = new Subscription();
    held.set(userId, subscription);
    return subscription;
  };
  const leave = (userId: string): void => {
    held.get(userId)?.unsubscribe();
    held.delete(userId);
  };
  return {
    server,
    leave,
    expectClean: () => {
      const story = journal.map((event) => JSON.stringify(event)).join('\n');
      expect(server.counters, story).toMatchObject({ undecryptable: 0, malformed: 0, foreign: 0, early: 0, unknownSsrc: 0 });
    },
    joinRx: (rx = {}, userId = RX_USER) =>
      new Promise((resolve, reject) => {
        const transports = nodeTransports({ tls: { ca: tls.cert, rejectUnauthorized: true } });
        const ids = { guildId: GUILD, channelId: CHANNEL, userId };
        const session$ = connectVoice$(server.gateway(userId), ids, { transports, ...(dave ? {} : { dave }), ...rx });
        hold(userId).add(session$.subscribe({ next: resolve, error: reject }));
      }),
    joinDjs: async (userId = DJS_USER) => {
      const client = await DjsClient.join(server.gateway(userId), { guildId: GUILD, channelId: CHANNEL, userId }, { dave });
      hold(userId).add(() => client.leave());
      return client;
    },
    end: async () => {
      for (const userId of [...held.keys()]) leave(userId);
      await server.close();
    },
  };
}

/**
 * Sets stages for the tests of a file, and ends them after each test. djs cannot be given a certificate: for as long as
 * the file runs, clients that name no authorities of their own accept any certificate.
 */
export function stages(): typeof setStage {
  const open: Stage[] = [];
  let restore: () => void;
  beforeAll(() => (restore = acceptAnyCertificate()));
  afterAll(() => restore());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stage) => stage.end()));
  });
  return async (options) => {
    const stage = await setStage(options);
    open.push(stage);
    return stage;
  };
}

/** The audio of a user at the server, without silence. */
export function audioOf(server: LoopbackVoiceServer, userId: string): Observable<ServerPacket> {
  return server.packets$.pipe(filter((packet) => packet.userId === userId && !isSilence(packet.payload)));
}

/** F8 FF FE, which both libraries send after the last frame. */
export function isSilence(frame: Uint8Array): boolean {
  return frame.length === 3 && frame[0] === 0xf8 && frame[1] === 0xff && frame[2] === 0xfe;
}

/** Resolves with the first `count` frames. */
export function firstFrames(frames$: Observable<Uint8Array>, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const frames: string[] = [];
    const subscription = new Subscription();
    subscription.add(
      frames$.subscribe({
        next: (frame) => {
          frames.push(hex(frame));
          if (frames.length < count) return;
          subscription.unsubscribe();
          resolve(frames);
        },
        error: reject,
        complete: () => reject(new Error(`only ${frames.length} of ${count} frames came`)),
      }),
    );
  });
}

export function hex(frame: Uint8Array): string {
  return Buffer.from(frame).toString('hex');
}

/** The next event of a type about a user. Call this before causing it. */
export function nextEvent(server: LoopbackVoiceServer, type: 'resume' | 'close' | 'select', userId: string): Promise<object> {
  return firstValueFrom(server.events$.pipe(filter((event) => event.type === type && event.userId === userId)));
}

export function payloads(packets$: Observable<ServerPacket>): Observable<Uint8Array> {
  return packets$.pipe(map(({ payload }) => payload));
}
