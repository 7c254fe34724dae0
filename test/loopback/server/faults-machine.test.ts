/** A server that goes away as a whole, and comes back. */
import { describe, expect, it } from 'vitest';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { filter, firstValueFrom } from 'rxjs';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { startVoiceServer } from '../../../src/server/index.js';
import { credentialsOf, isAudio, RawVoiceClient } from '../../support/raw-voice-client.js';
import { leakedResources, openResources } from '../../support/open-resources.js';
import { admit, ALICE, BOB, CHANNEL, GUILD, join, keep, nextEvent, open, pass, serve, virtualTime } from './stage.js';

describe('a server that goes down', () => {
  it('resets its connections, refuses new ones, takes no datagram; and comes back on its ports, empty', async () => {
    const server = await serve();
    const admission = admit(server);
    const alice = keep(await RawVoiceClient.join(server.endpoint, admission));
    const idle = await open(server);
    const reset = once((alice.socket as unknown as { readonly _socket: Socket })._socket, 'error');
    const down = nextEvent(server, 'down');
    await server.faults.shutDown();
    await down;
    expect(await Promise.all([alice.closed, idle.closed])).toEqual([1006, 1006]);
    expect((await reset)[0]).toMatchObject({ code: 'ECONNRESET' });
    await expect(RawVoiceClient.open(server.endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    // A connected socket is told that nobody is there; an unconnected one is told nothing.
    const probe = createSocket('udp4');
    probe.connect(alice.ready!.port, '127.0.0.1');
    await once(probe, 'connect');
    const refused = once(probe, 'error');
    probe.send(Uint8Array.of(1));
    expect((await refused)[0]).toMatchObject({ code: 'ECONNREFUSED' });
    probe.close();

    await server.faults.comeBack();
    const back = await open(server);
    const { guildId, sessionId, token } = credentialsOf(admission);
    back.send(VoiceOp.Resume, { server_id: guildId, session_id: sessionId, token, seq_ack: -1 });
    expect(await back.closed).toBe(4006);
    const [again, bob] = [await join(server, ALICE), await join(server, BOB)];
    expect(again.ready!.port).toBe(alice.ready!.port);
    again.sendDatagram(again.audio({ sequence: 1, payload: Uint8Array.of(7) }));
    expect(bob.openAudio(await bob.datagram(isAudio)).body).toEqual(Uint8Array.of(7));
  });

  it('is back after the time said, every region of it', async () => {
    const scheduler = virtualTime();
    const server = await serve({ scheduler });
    const away = await server.faults.changeRegion(GUILD);
    let back = false;
    const restarted = server.faults.restart(5_000).then(() => (back = true));
    await nextEvent(server, 'down');
    for (const endpoint of [server.endpoint, away])
      await expect(RawVoiceClient.open(endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    pass(scheduler, 4_999);
    expect(back).toBe(false);
    pass(scheduler, 1);
    await restarted;
    for (const endpoint of [server.endpoint, away]) await keep(await RawVoiceClient.open(endpoint)).next(VoiceOp.Hello);
  });

  it('takes asking twice, or in haste', async () => {
    const server = await serve();
    await server.faults.comeBack();
    await Promise.all([server.faults.shutDown(), server.faults.shutDown(), server.faults.comeBack(), server.faults.restart(1)]);
    await (await join(server)).settle();
  });

  it('waits for a port that somebody else has for a moment', async () => {
    const server = await serve();
    const { port } = (await join(server)).ready!;
    await server.faults.shutDown();
    const squatter = createSocket('udp4');
    squatter.bind(port, '127.0.0.1');
    await once(squatter, 'listening');
    const back = server.faults.comeBack();
    squatter.close();
    await back;
    await (await join(server)).settle();
  });

  it.each(['down', 'about to come back'])('can be closed while %s, for good', async (when) => {
    const before = openResources();
    const server = await startVoiceServer();
    const client = await RawVoiceClient.join(server.endpoint, admit(server));
    await server.faults.shutDown();
    const restart = when === 'down' ? Promise.resolve() : server.faults.restart(1_000_000);
    await server.close();
    await restart;
    await server.faults.comeBack();
    await expect(RawVoiceClient.open(server.endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    client.leave();
    expect(await leakedResources(before)).toEqual([]);
  });
});

describe('what follows a crash, or a restart', () => {
  const SERVER = 'VOICE_SERVER_UPDATE';
  it.each([
    ['crash', {}, 1],
    ['crash', { afterCrash: 'voice-server-update' }, 1],
    ['crash', { afterCrash: 'nothing' }, 0],
    ['comeBack', {}, 1],
    ['comeBack', { afterCrash: 'nothing' }, 0],
  ] as const)('after %s, with %j: so many voice servers are named: %i', async (what, options, count) => {
    const server = await serve(options);
    const gateway = server.gateway(ALICE);
    const joined = firstValueFrom(gateway.pipe(filter(({ t }) => t === SERVER)));
    gateway.next(voiceStateCommand(GUILD, CHANNEL, false, false));
    await joined;
    const seen: (string | null | undefined)[] = [];
    gateway.subscribe(({ t }) => seen.push(t));
    if (what === 'crash') server.faults.crash();
    else {
      await server.faults.shutDown();
      await server.faults.comeBack();
    }
    // The answer to a change of flags comes after everything that was sent before it.
    const after = firstValueFrom(gateway.pipe(filter(({ t }) => t === 'VOICE_STATE_UPDATE')));
    gateway.next(voiceStateCommand(GUILD, CHANNEL, true, false));
    await after;
    expect(seen.filter((t) => t === SERVER)).toHaveLength(count);
  });

  it.each([
    ['refuse', 4006],
    ['accept', null],
  ] as const)('a spent token, where tokenAfterRestart is %s', async (tokenAfterRestart, code) => {
    const server = await serve({ afterCrash: 'nothing', tokenAfterRestart });
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    server.faults.crash();
    expect(await first.closed).toBe(4015);
    await identifiesAgain(admission, server.endpoint, code);
  });

  it('nothing is forgiven without a crash, unless tokenReuse is accept; a living session is never taken over', async () => {
    const server = await serve({ tokenReuse: 'accept' });
    const admission = admit(server);
    const first = keep(await RawVoiceClient.join(server.endpoint, admission));
    await identifiesAgain(admission, server.endpoint, 4006);
    const ended = nextEvent(server, 'session-ended');
    first.leave(1000);
    await ended;
    await identifiesAgain(admission, server.endpoint, null);
  });

  /** If `code` is null, the server must accept the Identify. */
  async function identifiesAgain(admission: ReturnType<typeof admit>, endpoint: string, code: number | null): Promise<void> {
    const client = keep(await RawVoiceClient.open(endpoint));
    const { guildId, userId, sessionId, token } = credentialsOf(admission);
    client.send(VoiceOp.Identify, { server_id: guildId, user_id: userId, session_id: sessionId, token });
    if (code === null) await client.next(VoiceOp.Ready);
    else expect(await client.closed).toBe(code);
  }
});
