import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { firstValueFrom, Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { UdpPort } from '../../../src/driver/ports.js';
import { udpPort$ } from '../../../src/net/udp.js';

async function peer(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

/** Opens a port; it is closed with the test. */
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
    // The first send may still be answered with the error of one before it.
    udp.send(Buffer.from('heard'));
    udp.send(Buffer.from('heard'));
    expect(String((await message)[0])).toBe('heard');
  });

  it('drops what is sent after it is closed', async () => {
    const server = await peer();
    const { udp, subscription } = await open('127.0.0.1', server.address().port);
    subscription.unsubscribe();
    expect(() => udp.send(Buffer.from('late'))).not.toThrow();
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
});
