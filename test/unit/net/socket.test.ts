/** The voice WebSocket on real loopback sockets: how it opens, how it is closed, and how it handles misbehaving servers. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { firstValueFrom, ReplaySubject, type Subscription } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { VoiceSocket } from '../../../src/driver/ports.js';
import type { VoiceSocketClosedError } from '../../../src/errors.js';
import { voiceSocket$, type VoiceSocketOptions } from '../../../src/net/socket.js';
import type { WireMessage } from '../../../src/protocol/frames.js';
import { loopbackCertificate } from '../../support/certificate.js';

/** Listens on loopback until the test is over; returns the endpoint. */
async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that speaks WebSocket. */
async function voiceServer(): Promise<{ endpoint: string; peer: Promise<WebSocket>; request: Promise<IncomingMessage> }> {
  const http = createHttpServer();
  const connected = once(new WebSocketServer({ server: http }), 'connection') as Promise<[WebSocket, IncomingMessage]>;
  return { endpoint: await listening(http), peer: connected.then(([peer]) => peer), request: connected.then(([, request]) => request) };
}

/** A server that accepts TCP, and answers the head of each request with `answer`. */
async function rawServer(answer: (socket: Socket, head: string) => void): Promise<{ endpoint: string; accepted: Promise<Socket> }> {
  const server = createTcpServer((socket) => socket.once('data', (head) => answer(socket, String(head))));
  const accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  return { endpoint: await listening(server), accepted };
}

/** The answer to an upgrade, after which no WebSocket frames follow. RFC 6455 section 4.2.2. */
function upgrade(socket: Socket, head: string): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(head)![1]!;
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
}

interface Opened {
  readonly opened: Promise<VoiceSocket>;
  readonly lost: Promise<VoiceSocketClosedError>;
  readonly messages: WireMessage[];
  readonly notes: string[];
  readonly subscription: Subscription;
}

function open(endpoint: string, options?: VoiceSocketOptions): Opened {
  const opened$ = new ReplaySubject<VoiceSocket>(1);
  const lost$ = new ReplaySubject<VoiceSocketClosedError>(1);
  const messages: WireMessage[] = [];
  const notes: string[] = [];
  const subscription = voiceSocket$(endpoint, options).subscribe({
    next: (socket) => {
      notes.push('open');
      socket.messages$.subscribe((message) => messages.push(message));
      opened$.next(socket);
    },
    error: (error: VoiceSocketClosedError) => {
      notes.push(`error ${error.closeCode}`);
      lost$.next(error);
    },
    complete: () => notes.push('complete'),
  });
  onTestFinished(() => subscription.unsubscribe());
  return { opened: firstValueFrom(opened$), lost: firstValueFrom(lost$), messages, notes, subscription };
}

describe('voiceSocket$', () => {
  it('opens, asks for the version, and carries text and bytes both ways', async () => {
    const server = await voiceServer();
    const { opened, messages } = open(server.endpoint, { version: 7 });
    const [socket, peer, request] = [await opened, await server.peer, await server.request];
    expect(request.url).toBe('/?v=7');
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    const heard = once(peer, 'message');
    socket.send('{"op":3}');
    expect(String((await heard)[0])).toBe('{"op":3}');
    const bytes = once(peer, 'message');
    socket.send(Uint8Array.of(26, 1, 2));
    expect(await bytes).toEqual([Buffer.from([26, 1, 2]), true]);
    peer.send('{"op":8}');
    peer.send(Uint8Array.of(0, 1, 25));
    peer.ping(); // Answered by ws itself, after the messages before it.
    await once(peer, 'pong');
    expect(messages).toEqual(['{"op":8}', Buffer.from([0, 1, 25])]);
  });

  it('asks for version 8 unless told otherwise, and trusts the certificate that it is given', async () => {
    const { key, cert } = await loopbackCertificate();
    const server = createTlsServer({ key, cert });
    const head = once(server, 'secureConnection').then(async ([socket]) => String((await once(socket as Socket, 'data'))[0]));
    const endpoint = (await listening(server)).replace('ws://', '');
    open(endpoint, { tls: { ca: cert } });
    expect(await head).toMatch(/^GET \/\?v=8 HTTP/);
    const { lost } = open(endpoint);
    expect(await lost).toMatchObject({ closeCode: 1006, cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  });

  it('errors with the code and the reason that the server closes with', async () => {
    const server = await voiceServer();
    const { opened, lost, notes } = open(server.endpoint);
    await opened;
    (await server.peer).close(4_006, 'Session is no longer valid.');
    expect(await lost).toMatchObject({ closeCode: 4_006, reason: 'Session is no longer valid.' });
    expect(notes).toEqual(['open', 'error 4006']);
  });

  it.each([
    ['without a close frame', (peer: WebSocket) => peer.terminate(), 1_006],
    ['by a close frame without a code', (peer: WebSocket) => peer.close(), 1_005],
  ])('errors when it is lost %s', async (_, lose, closeCode) => {
    const server = await voiceServer();
    const { opened, lost } = open(server.endpoint);
    await opened;
    lose(await server.peer);
    expect(await lost).toMatchObject({ closeCode, code: 'socket-closed' });
  });

  it('gives up with a code of its own by drop, at once, and once', async () => {
    const server = await voiceServer();
    const { opened, notes, lost } = open(server.endpoint);
    const socket = await opened;
    const closed = once(await server.peer, 'close');
    socket.drop(4_900, 'heartbeats unanswered');
    expect(notes).toEqual(['open', 'error 4900']);
    expect(await lost).toMatchObject({ closeCode: 4_900, reason: 'heartbeats unanswered' });
    expect((await closed)[0]).toBe(4_900);
    expect(() => socket.send('late')).not.toThrow();
    expect(notes).toEqual(['open', 'error 4900']);
  });
});

describe('leaving', () => {
  it('closes with 1000, and says nothing more', async () => {
    const server = await voiceServer();
    const { opened, subscription, notes } = open(server.endpoint);
    const socket = await opened;
    const closed = once(await server.peer, 'close');
    subscription.unsubscribe();
    expect((await closed)[0]).toBe(1_000);
    expect(() => socket.send('late')).not.toThrow();
    expect(notes).toEqual(['open']);
  });

  it.each(['at once', 'while TCP is open and the upgrade is unanswered'])('while it opens, %s: nothing is left, and nothing is said', async (when) => {
    const server = await rawServer(() => undefined);
    const { subscription, notes } = open(server.endpoint);
    if (when === 'at once') {
      subscription.unsubscribe();
      // The server may or may not see the abandoned connection; a second one shows that the first has been handled.
      open(server.endpoint);
      await server.accepted;
    } else {
      const socket = await server.accepted;
      await once(socket, 'data');
      subscription.unsubscribe();
      await once(socket, 'close');
    }
    expect(notes).toEqual([]);
  });

  it('does not wait for ever for a server that never answers the close: the connection is destroyed', async () => {
    const server = await rawServer(upgrade);
    const { opened, subscription } = open(server.endpoint);
    await opened;
    const socket = await server.accepted;
    const ended = once(socket, 'close');
    subscription.unsubscribe();
    socket.resume();
    // Without it the test times out: nothing else closes this connection.
    await ended;
  });
});

describe('a server that does not behave', () => {
  it('refuses the upgrade', async () => {
    for (const status of ['403 Forbidden', '503 Service Unavailable', '302 Found\r\nLocation: ws://127.0.0.1:9']) {
      const { endpoint } = await rawServer((socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
      const { lost, notes } = open(endpoint);
      const error = await lost;
      expect(error.closeCode).toBe(1_006);
      expect(error.message).toContain(`Unexpected server response: ${status.slice(0, 3)}`);
      expect(notes).toEqual(['error 1006']);
    }
  });

  it('is not there', async () => {
    const { endpoint } = await rawServer(() => undefined);
    const nowhere = endpoint.replace(/\d+$/, '1');
    expect(await open(nowhere).lost).toMatchObject({ closeCode: 1_006, cause: { code: 'ECONNREFUSED' } });
  });

  it.each([
    ['speaks something else than HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'), 1_006],
    ['hangs up', (socket: Socket) => socket.end(), 1_006],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 1_006],
    ['answers with a key that is not the answer', (socket: Socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n'), 1_006],
    ['sends no frames after the upgrade', (socket: Socket, head: string) => (upgrade(socket, head), socket.write(Buffer.alloc(64, 0xff))), 1_002],
    ['sends a text that is no UTF-8', (socket: Socket, head: string) => (upgrade(socket, head), socket.write(Buffer.of(0x81, 2, 0xc3, 0x28))), 1_007],
    ['announces a message of 2 MiB', (socket: Socket, head: string) => (upgrade(socket, head), socket.write(Buffer.of(0x82, 127, 0, 0, 0, 0, 0, 32, 0, 0))), 1_009],
  ] as const)('%s', async (_, answer, sent) => {
    const said: Buffer[] = [];
    const { endpoint } = await rawServer((socket, head) => {
      socket.on('data', (bytes) => said.push(bytes));
      answer(socket, head);
    });
    const { lost, messages } = open(endpoint);
    const error = await lost;
    expect(error).toMatchObject({ code: 'socket-closed', closeCode: 1_006 });
    expect(error.reason).not.toBe('');
    expect(messages).toEqual([]);
    // The close code that ws sends once a WebSocket exists: the first frame that the server gets, masked (RFC 6455 section 5.2).
    if (sent !== 1_006) expect(closeCodeIn(Buffer.concat(said))).toBe(sent);
  });

  it.each([
    ['has us answer', (socket: VoiceSocket) => socket.send(Buffer.alloc(1 << 16))],
    ['pings us', undefined],
  ] as const)('%s and does not read: it is given up, resumably, when 1 MiB waits', async (_, act) => {
    const server = await rawServer((socket, head) => {
      upgrade(socket, head);
      socket.pause();
      // Pings of 125 bytes, 64 KB at a time, as long as they are accepted. RFC 6455 section 5.5.2.
      const pings = Buffer.concat(Array.from({ length: 512 }, () => Buffer.concat([Buffer.of(0x89, 125), Buffer.alloc(125)])));
      const flood = (): void => void (socket.destroyed || socket.write(pings, flood));
      if (act === undefined) flood();
    });
    const { opened, lost, notes } = open(server.endpoint);
    const socket = await opened;
    // First the kernel's loopback buffers fill: some MB.
    for (let sent = 0; sent < 1_000 && act !== undefined && notes.length < 2; sent += 1) act(socket);
    expect(await lost).toMatchObject({ code: 'socket-closed', closeCode: 4_903, retryable: true });
    expect(notes).toEqual(['open', 'error 4903']);
    expect(() => socket.send('late')).not.toThrow();
  });

  it('pings and is answered, with what it said', async () => {
    const server = await voiceServer();
    const { opened } = open(server.endpoint);
    await opened;
    const peer = await server.peer;
    const answer = once(peer, 'pong');
    peer.ping('are you there');
    expect(String((await answer)[0])).toBe('are you there');
  });

  it('takes a message of up to 1 MiB, and none that is larger', async () => {
    const server = await voiceServer();
    const { opened, lost, messages } = open(server.endpoint);
    await opened;
    const peer = await server.peer;
    peer.send(Buffer.alloc(1 << 20));
    peer.send(Buffer.alloc((1 << 20) + 1));
    expect(await lost).toMatchObject({ code: 'socket-closed', closeCode: 1_006 });
    expect(messages.map((message) => message.length)).toEqual([1 << 20]);
  });
});

describe('an endpoint that is none', () => {
  it.each(['http://127.0.0.1', 'voice.test/path', ''])("'%s' is an error of the stream", async (endpoint) => {
    await expect(firstValueFrom(voiceSocket$(endpoint))).rejects.toMatchObject({ code: 'endpoint', retryable: false, endpoint });
  });
});

function closeCodeIn(frame: Buffer): number {
  expect([frame[0], frame[1]! & 0x80]).toEqual([0x88, 0x80]);
  return ((frame[6]! ^ frame[2]!) << 8) | (frame[7]! ^ frame[3]!);
}
