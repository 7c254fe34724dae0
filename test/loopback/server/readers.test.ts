/** Clients that read slowly, or say much at once. */
import { expect, it } from 'vitest';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { ALICE, BOB, CAROL, join, nextEvent, serve } from './stage.js';

it('a client that has stopped reading loses its connection, before more than sendQueue waits for it; the others lose nothing', async () => {
  const server = await serve({ sendQueue: 100_000 });
  const [alice, bob, carol] = [await join(server, ALICE), await join(server, BOB), await join(server, CAROL)];
  let closed = false;
  void nextEvent(server, 'close').then(({ userId, code }) => {
    closed = true;
    expect([userId, code]).toEqual([BOB, 1006]);
  });
  bob.socket.pause();
  // In addition, the kernel buffers some megabytes for a socket that is not read.
  for (let sent = 0; !closed && sent < 400; sent++) {
    for (let i = 0; i < 500; i++) alice.send(VoiceOp.Speaking, { speaking: i % 2 });
    await alice.settle();
  }
  expect(closed).toBe(true);
  await carol.settle();
});

it('a message of the size that founds a group of 200 is taken', async () => {
  const server = await serve({ daveVersion: 1, withoutDave: 'downgrade' });
  const alice = await join(server, ALICE);
  alice.socket.send(Buffer.concat([Uint8Array.of(VoiceOp.MlsCommitWelcome), Buffer.alloc(200_000)]));
  await alice.settle();
  expect(alice.socket.readyState).toBe(alice.socket.OPEN);
});
