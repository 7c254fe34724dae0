import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { connect } from 'node:net';
import { lastValueFrom, type Observable } from 'rxjs';
import { generate } from 'selfsigned';
import { startVoiceServer } from '../../../src/server/index.js';
import { RawVoiceClient } from '../../support/raw-voice-client.js';
import { admit, ALICE, BOB, keep, virtualTime } from './stage.js';

/** The open sockets of this process. The test runner has timers of its own, so those are looked at in another way. */
function sockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|UDP/.test(name));
}

describe('close', () => {
  it('leaves nothing open, completes every stream, and may be called twice', async () => {
    const before = sockets();
    const scheduler = virtualTime();
    const server = await startVoiceServer({ scheduler });
    const streams: readonly Observable<unknown>[] = [server.packets$, server.events$, server.gateway(ALICE)];
    const completed = streams.map((stream) => lastValueFrom(stream, { defaultValue: undefined }));
    const joined = await RawVoiceClient.join(server.endpoint, admit(server));
    const dropped = await RawVoiceClient.join(server.endpoint, admit(server, BOB));
    const idle = await RawVoiceClient.open(server.endpoint);
    server.faults.datagrams(() => 1_000_000);
    joined.sendDatagram(joined.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    await joined.discover();
    dropped.socket.terminate();
    await dropped.closed;
    server.gateway(ALICE).next({ op: 4, d: { guild_id: '1', channel_id: '2', self_mute: false, self_deaf: false } });
    // Pending: heartbeats, Identify, the resume window, the first Speaking, a delayed datagram, a gateway event.
    expect(scheduler.actions.length).toBeGreaterThanOrEqual(6);
    await Promise.all([server.close(), server.close()]);
    await Promise.all(completed);
    expect(scheduler.actions).toEqual([]);
    expect(await Promise.all([joined.closed, idle.closed])).toEqual([1006, 1006]);
    const closed = [joined, dropped].map((client) => once(client.udp!, 'close'));
    for (const client of [joined, dropped, idle]) client.leave();
    await Promise.all(closed);
    // libuv forgets a handle a few turns of its loop after the 'close' event.
    for (let turns = 0; turns < 100 && sockets().length > before.length; turns++) await new Promise(setImmediate);
    expect(sockets()).toEqual(before);
  });

  it('does not wait for a TLS handshake that never ends', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
    });
    const server = await startVoiceServer({ tls: { key, cert } });
    const socket = connect(Number(server.endpoint.split(':')[1]), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    const gone = once(socket, 'close');
    // Once a second connection is served, the first has been accepted.
    keep(await RawVoiceClient.open(server.endpoint, { ca: cert }));
    await server.close();
    await gone;
  });
});
