/** `rxvoice serve` with a bot that does not read, and the command line with a main gateway that does not read. Real sockets. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ReplaySubject, Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { gatewaySocket$, type GatewayLost, type GatewaySocket } from '../../src/cli/discord/socket.js';
import { mainGateway$ } from '../../src/cli/serve/main-gateway.js';
import { voiceStateCommand } from '../../src/protocol/commands.js';
import { startVoiceServer } from '../../src/server/index.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Far more than the kernel buffers on loopback for a socket that is not read, which is some MB. */
const ENOUGH_BYTES = 64 << 20;

describe('who does not read', () => {
  it('is let go of by the main gateway of `rxvoice serve`, once 1 MiB waits', async () => {
    const voice = await startVoiceServer();
    ends.push(() => voice.close());
    const server = new Subscription();
    ends.push(() => server.unsubscribe());
    const url = await new Promise<string>((resolve) => server.add(mainGateway$(voice, 0).subscribe((listening) => resolve(listening.url))));
    const socket = new WebSocket(url);
    ends.push(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ op: 2, d: { token: 'any', intents: 1 << 7 } }));
    // READY: from here on, the bot is told about everybody in the guild.
    await once(socket, 'message');
    socket.send(JSON.stringify({ op: 4, d: { guild_id: '100', channel_id: '200', self_mute: false, self_deaf: false } }));
    socket.pause();
    let gone = false;
    voice.events$.subscribe(({ type, userId }) => (gone ||= type === 'left' && userId === '1001'));
    const other = voice.gateway('55');
    ends.push(() => other.next(voiceStateCommand('100', null, false, false)));
    for (let i = 0; !gone && i * 200 < ENOUGH_BYTES; i += 1) {
      other.next(voiceStateCommand('100', '200', i % 2 === 0, false));
      if (i % 100 === 0) await round();
    }
    expect(gone).toBe(true);
  });

  it('is given up by the command line, once 1 MiB waits: it is lost as any other connection', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    ends.push(() => server.close());
    await once(server, 'listening');
    server.on('connection', (socket) => socket.pause());
    const lost$ = new ReplaySubject<GatewayLost>(1);
    const opened = new Promise<GatewaySocket>((resolve) => {
      const subscription = gatewaySocket$(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`).subscribe({ next: resolve, error: (error: GatewayLost) => lost$.next(error) });
      ends.push(() => subscription.unsubscribe());
    });
    const socket = await opened;
    let lost: GatewayLost | undefined;
    lost$.subscribe((error) => (lost = error));
    const message = 'x'.repeat(1 << 16);
    for (let sent = 0; lost === undefined && sent < ENOUGH_BYTES; sent += message.length) {
      socket.send(message);
      await round();
    }
    expect(lost).toMatchObject({ closeCode: 1006 });
  });
});
