import { createSocket, type Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { firstValueFrom, Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { UdpPort } from '../../../src/driver/ports.js';
import { udpPort$ } from '../../../src/net/udp.js';

type CopyingPort = UdpPort & { sendCopy(datagram: Uint8Array): void };

async function peer(address = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

/** Collects the sockets that Node creates from now on, through its diagnostics channel. */
function madeSockets(): Socket[] {
  const made: Socket[] = [];
  const note = (message: unknown): void => void made.push((message as { socket: Socket }).socket);
  subscribe('udp.socket', note);
  onTestFinished(() => void unsubscribe('udp.socket', note));
  return made;
}

const LOOPBACK_6 = Object.values(networkInterfaces()).flat().some((address) => address?.address === '::1'); // prettier-ignore

/** Opens a port; it is closed when the test ends. */
async function open(ip: string, port: number) {
  const ports$ = new Subject<UdpPort>();
  const opened = firstValueFrom(ports$);
  const subscription = udpPort$({ ip, port }).subscribe(ports$);
  onTestFinished(() => subscription.unsubscribe());
  return { udp: await opened, subscription };
}

describe('udpPort$', () => {
  it('sends to its peer and hears it; a stranger is not heard', async () => {
    const [server, stranger] = [await peer(), await peer()];
    const { udp } = await open('127.0.0.1', server.address().port);
    const heard: string[] = [];
    const enough = new Promise<void>((resolve) =>
      udp.datagrams$.subscribe((datagram) => {
        if (heard.push(String(datagram)) === 2) resolve();
      }),
    );
    udp.send(Buffer.from('question'));
    const [message, from] = (await once(server, 'message')) as [Buffer, { port: number }];
    expect(String(message)).toBe('question');
    stranger.send('stranger', from.port, '127.0.0.1');
    server.send('one', from.port, '127.0.0.1');
    server.send('two', from.port, '127.0.0.1');
    await enough;
    expect(heard).toEqual(['one', 'two']);
  });

  it('hears what a call of twenty-five sends while its process stands still for 0.36 s', async () => {
    const server = await peer();
    const { udp } = await open('127.0.0.1', server.address().port);
    udp.send(Buffer.from('question'));
    const [, from] = (await once(server, 'message')) as [Buffer, { port: number }];
    server.connect(from.port, '127.0.0.1');
    await once(server, 'connect');
    const heard: number[] = [];
    let end = false;
    udp.datagrams$.subscribe((datagram) => {
      if (datagram.length === 3) end = true;
      else heard.push((datagram[0]! << 8) | datagram[1]!);
    });
    // Same process: nothing is read while this is sent.
    for (let i = 0; i < 450; i += 1) server.send(Buffer.from([i >> 8, i & 0xff, ...new Uint8Array(60)]));
    while (!end) {
      await new Promise((resolve) => setImmediate(resolve));
      server.send('end');
    }
    expect(heard).toEqual(Array.from({ length: 450 }, (_, i) => i));
  });

  it('lives on when nobody listens at the other end, and sends when somebody does again', async () => {
    const first = createSocket('udp4');
    first.bind(0, '127.0.0.1');
    await once(first, 'listening');
    const { port } = first.address();
    const { udp, subscription } = await open('127.0.0.1', port);
    await new Promise<void>((resolve) => first.close(resolve));
    for (let i = 0; i < 3; i++) {
      udp.send(Buffer.from('lost'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(subscription.closed).toBe(false);
    const second = createSocket('udp4');
    second.bind(port, '127.0.0.1');
    await once(second, 'listening');
    onTestFinished(() => void second.close());
    const message = once(second, 'message');
    // The first send may still report the error of an earlier one.
    udp.send(Buffer.from('heard'));
    udp.send(Buffer.from('heard'));
    expect(String((await message)[0])).toBe('heard');
  });

  it('sends copies, of which nobody else has the memory while the socket holds them', async () => {
    const made = madeSockets();
    const server = await peer();
    const heard: string[] = [];
    server.on('message', (datagram) => heard.push(String(datagram)));
    const ports: CopyingPort[] = [];
    for (let i = 0; i < 2; i += 1) ports.push((await open('127.0.0.1', server.address().port)).udp as CopyingPort);
    const memory = Buffer.alloc(3_000);
    const expected: string[] = [];
    const send = (port: number, text: string): void => {
      expected.push(text);
      ports[port]!.sendCopy(memory.subarray(0, memory.write(text)));
      memory.fill(0);
    };
    const [, full] = made.slice(-2) as [Socket, Socket];
    // As a full socket does: it keeps the memory, and sends when there is room.
    const [sendNow, held]: [(datagram: Uint8Array) => void, Uint8Array[]] = [full.send.bind(full), []];
    full.send = (datagram: unknown) => void held.push(datagram as Uint8Array);
    full.getSendQueueCount = () => held.length;
    for (const text of ['a', 'bb', 'a', 'x'.repeat(1_900), 'y'.repeat(2_900)]) {
      send(0, `0${text}`);
      send(1, `1${text}`);
      send(0, `2${text}`);
    }
    expect(held).toHaveLength(5);
    // The shared memory is left to the socket once: from then on its datagrams are as long as they must be.
    expect(held.filter(({ buffer }) => buffer.byteLength === 2_048)).toHaveLength(1);
    for (const datagram of held) sendNow(datagram);
    while (heard.length < expected.length) await once(server, 'message');
    expect(heard.sort()).toEqual(expected.sort());
  });

  it('does without copies where the runtime does not tell what a socket holds', async () => {
    const made = madeSockets();
    const server = await peer();
    const ports$ = new Subject<UdpPort>();
    const opened = firstValueFrom(ports$);
    const subscription = udpPort$({ ip: '127.0.0.1', port: server.address().port }).subscribe(ports$);
    onTestFinished(() => subscription.unsubscribe());
    Object.assign(made.at(-1)!, { getSendQueueCount: undefined });
    const port = await opened;
    expect('sendCopy' in port).toBe(false);
    port.send(Buffer.from('heard'));
    expect(String((await once(server, 'message'))[0])).toBe('heard');
  });

  it('drops what is sent after it is closed', async () => {
    const server = await peer();
    const { udp, subscription } = await open('127.0.0.1', server.address().port);
    subscription.unsubscribe();
    expect(() => udp.send(Buffer.from('late'))).not.toThrow();
    expect(() => (udp as CopyingPort).sendCopy(Buffer.from('late'))).not.toThrow();
    expect(subscription.closed).toBe(true);
  });

  it('may be unsubscribed before it is open', async () => {
    const server = await peer();
    let emitted = 0;
    udpPort$({ ip: '127.0.0.1', port: server.address().port }).subscribe(() => (emitted += 1)).unsubscribe();
    await open('127.0.0.1', server.address().port);
    expect(emitted).toBe(0);
  });

  it('errors, and emits nothing, where there is no way to the address', async () => {
    // A broadcast address needs a permission that this socket does not ask for: connecting fails with EACCES.
    await expect(firstValueFrom(udpPort$({ ip: '255.255.255.255', port: 9 }))).rejects.toMatchObject({ syscall: 'connect' });
  });

  it(LOOPBACK_6 ? 'speaks IPv6 to an address of IPv6' : 'errors at an address of IPv6, which this machine has not', async () => {
    if (!LOOPBACK_6) {
      await expect(firstValueFrom(udpPort$({ ip: '::1', port: 9 }))).rejects.toMatchObject({ syscall: 'connect' });
      return;
    }
    const server = await peer('::1');
    const { udp } = await open('::1', server.address().port);
    const heard = firstValueFrom(udp.datagrams$);
    udp.send(Buffer.from('question'));
    const [message, from] = (await once(server, 'message')) as [Buffer, { port: number; family: string }];
    expect([String(message), from.family]).toEqual(['question', 'IPv6']);
    server.send('answer', from.port, '::1');
    expect(String(await heard)).toBe('answer');
  });

  it('lives on after a datagram that is too long to be sent', async () => {
    const server = await peer();
    const { udp, subscription } = await open('127.0.0.1', server.address().port);
    udp.send(new Uint8Array(70_000));
    udp.send(Buffer.from('short'));
    expect(String((await once(server, 'message'))[0])).toBe('short');
    expect(subscription.closed).toBe(false);
  });

  it('errors when the socket itself is lost, closes it, and says nothing more', async () => {
    const made = madeSockets();
    const server = await peer();
    const errors: unknown[] = [];
    const ports: UdpPort[] = [];
    await new Promise<void>((resolve) => {
      const subscription = udpPort$({ ip: '127.0.0.1', port: server.address().port }).subscribe({
        next: (port) => (ports.push(port), resolve()),
        error: (error: unknown) => errors.push(error),
      });
      onTestFinished(() => subscription.unsubscribe());
    });
    const socket = made.at(-1)!;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    // An error as the kernel reports it for a lost network. Node emits this event when a receive fails.
    const failure = Object.assign(new Error('recvmsg ENETDOWN'), { code: 'ENETDOWN', syscall: 'recvmsg' });
    socket.emit('error', Object.assign(new Error('recvmsg ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    // According to Node's documentation, a send without a callback emits this.
    socket.emit('error', Object.assign(new Error('send ENETUNREACH'), { code: 'ENETUNREACH', syscall: 'send' }));
    expect(errors).toEqual([]);
    socket.emit('error', failure);
    expect(errors).toEqual([failure]);
    await closed;
    expect(() => ports[0]!.send(Buffer.from('late'))).not.toThrow();
    socket.emit('error', failure);
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['a port that is none', { ip: '127.0.0.1', port: 70_000 }],
    ['an address that is none', { ip: '127.0.0.1.1', port: 9 }],
  ])('errors at %s, and leaves no socket behind', async (_, address) => {
    const made = madeSockets();
    const failed = new Promise((resolve) => udpPort$(address).subscribe({ error: resolve }));
    const closed = once(made[0]!, 'close');
    expect(await failed).toBeInstanceOf(Error);
    await closed;
    expect(made).toHaveLength(1);
  });
});
