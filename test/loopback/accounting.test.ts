/**
 * The accounting of received audio balances, whatever the network does. For each listener and speaker, in places (each packet sent counts once):
 *
 * ```
 * sent = heard + late + stale + undecryptable + never        never = what the server's own ledger has as dropped
 * lost, as told - late - stale + before + after = undecryptable + never
 * ```
 *
 * heard: reported as frames. late: arrived after they were reported as lost. stale: from before the first reported frame. before, after:
 * places outside the reported range, which no listener can know of. In copies, because the network duplicates some packets:
 *
 * ```
 * offered + doubled = dropped + withheld + heard + late + stale + refused + duplicates        duplicates = doubled
 * ```
 */
import { filter, firstValueFrom, lastValueFrom, tap } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { JitterEvent } from '../../src/audio/index.js';
import type { E2eeState, ReceiveStats, VoiceSession } from '../../src/index.js';
import type { LossyOptions, LoopbackVoiceServer } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { earsOpen } from '../support/ears-open.js';
import { EncryptedCall, hex } from '../support/encrypted-call.js';
import { Ear, Mouth, Network, SILENCE_FRAMES } from '../support/hearing-books.js';

const FRAMES = 75;
/** The longest song of a test, and the number of frames it still plays once the other steps of the test are over. */
const [MOST_FRAMES, LAST_FRAMES] = [3_000, 25];
/** Whether sessions run in threads or on nodes: there, a source may be late. */
const ELSEWHERE = /threads|nodes/.test(process.env['RXVOICE_ENGINE'] ?? '');
const PATIENCE = { timeout: 15_000, interval: 20 };

function sequenceOf(event: JitterEvent): number {
  return event.type === 'lost' ? event.sequence : event.packet.sequence;
}

async function statsOf(session: VoiceSession): Promise<ReceiveStats> {
  return firstValueFrom(session.stats$);
}

function sum(counts: object): number {
  return Object.values(counts).reduce((a: number, b: number) => a + b, 0);
}

/** Waits until the last silence is sent and nothing is in flight: the receiving sessions then count all that the server sent them. */
async function settled(server: LoopbackVoiceServer, ears: readonly Ear[], mouth: (userId: string) => Mouth): Promise<void> {
  await vi.waitFor(async () => {
    for (const { listener, to, from } of ears) {
      const flow = server.accounting(to).get(from)!;
      expect(flow).toMatchObject({ offered: mouth(from).sent, delayed: 0 });
      const { users, datagrams } = await statsOf(listener);
      expect(datagrams.waiting).toBe(0);
      const { packets, refused, duplicates } = users.get(from)!;
      expect(packets + sum(refused) + duplicates).toBe(flow.forwarded);
    }
  }, PATIENCE);
}

/** The accounting of one pair, as described above. */
async function expectBalance({ server, network }: Lossy, mouth: Mouth, ear: Ear): Promise<void> {
  const flow = server.accounting(ear.to).get(ear.from)!;
  const { users } = await statsOf(ear.listener);
  const { duplicates } = users.get(ear.from)!;
  const refused = sum(users.get(ear.from)!.refused);
  const [heard, late, lost] = [ear.told('frame').length, ear.told('late').length, ear.told('lost').length];
  const stale = ear.stale.size;

  // Copies: the session drops every duplicate, so none reaches the listener.
  expect(flow.offered).toBe(mouth.sent);
  expect(flow.offered + flow.doubled).toBe(flow.dropped + flow.withheld + heard + late + stale + refused + duplicates);
  expect([ear.packets.length, ear.copies, duplicates]).toEqual([heard + late + stale, 0, flow.doubled]);

  // Places.
  const dropped = network.dropped(ear.to, ear.from);
  const given = new Set(ear.packets.map(({ sequence }) => sequence));
  const undecryptable = mouth.sequences.filter((sequence) => !dropped.has(sequence) && !given.has(sequence)).length;
  expect(undecryptable).toBe(refused);
  expect(flow).toMatchObject({ dropped: dropped.size, withheld: 0 });
  const never = flow.dropped;
  expect(mouth.sent).toBe(heard + late + stale + undecryptable + never);
  const places = ear.events.filter(({ type }) => type !== 'late').map((event) => mouth.place(sequenceOf(event)));
  const [before, after] = [places[0]!, mouth.sent - 1 - places.at(-1)!];
  expect(lost - late - stale + before + after).toBe(undecryptable + never);

  // The session's own statistics cover RTP only, and no packet that was dropped before the first or after the last one received.
  const came = ear.packets.map(({ sequence }) => mouth.place(sequence));
  const unseen = Math.min(...came) + mouth.sent - 1 - Math.max(...came);
  if (undecryptable === 0) expect(users.get(ear.from)!.lost).toBe(never - unseen);

  // Each place is reported once, in order, and each frame is the one sent at its place.
  expect(places).toEqual(Array.from({ length: mouth.sent - before - after }, (_, i) => before + i));
  for (const { sequence, frame } of ear.packets) expect(hex(frame)).toBe(mouth.frame(sequence));
}

/** Plays `mouth` from a member to its end; without a gap if this thread reads the source. */
async function speak(session: VoiceSession, mouth: Mouth): Promise<void> {
  await lastValueFrom(session.play(mouth.frames()).pipe(tap((event) => mouth.tell(event))));
  if (!ELSEWHERE) expect(mouth.sent).toBe(mouth.given + SILENCE_FRAMES);
}

/** A server with a bad network behind it. */
interface Lossy {
  readonly server: LoopbackVoiceServer;
  readonly network: Network;
}

async function withCall(
  daveVersion: 0 | 1,
  options: LossyOptions,
  act: (call: EncryptedCall, lossy: Lossy) => Promise<void>,
): Promise<void> {
  const call = await EncryptedCall.start({ daveVersion });
  const { server } = call;
  try {
    await act(call, { server, network: new Network(server, options) });
  } finally {
    await call.end();
  }
}

/** One open ear for each pair of listener and speaker. */
async function ears(call: EncryptedCall): Promise<Ear[]> {
  const all = [...call.sessions].flatMap(([to, session]) =>
    [...call.sessions.keys()].filter((from) => from !== to).map((from) => new Ear(session, to, from)),
  );
  await earsOpen(...call.sessions.values());
  return all;
}

const song = (userId: string, frames = FRAMES): Mouth => new Mouth(testFrames(frames, Number(userId) * 100));

describe.each([0, 1] as const)('with jitter, reordering and copies, DAVE %i', (daveVersion) => {
  it.concurrent.each([0, 0.01, 0.05, 0.2])('sent = heard + late + undecryptable + lost, at a loss of %f', async (loss) => {
    const network = { loss, jitter: 30, reorder: 0.05, reorderBy: 120, duplicate: 0.05, seed: 11 + 100 * loss };
    await withCall(daveVersion, network, async (call, stage) => {
      for (const userId of ['11', '12', '13']) await call.join(userId);
      if (daveVersion === 1) await call.agreed();
      const mouths = new Map([...call.sessions.keys()].map((userId) => [userId, song(userId)]));
      const all = await ears(call);
      await Promise.all([...call.sessions].map(([userId, session]) => speak(session, mouths.get(userId)!)));
      await settled(call.server, all, (userId) => mouths.get(userId)!);
      for (const ear of all) ear.end();
      for (const ear of all) await expectBalance(stage, mouths.get(ear.from)!, ear);
      const { dropped, doubled, offered } = call.server.counters;
      expect(offered).toBe([...mouths.values()].reduce((all, { sent }) => all + 2 * sent, 0));
      expect(doubled).toBeGreaterThan(0);
      const { totals } = await statsOf(call.sessions.get('11')!);
      expect(totals.duplicates).toBeGreaterThan(0);
      if (daveVersion === 0) expect(sum(totals.refused)).toBe(0);
      if (loss === 0) expect(dropped).toBe(0);
      else expect(dropped).toBeGreaterThan(0);
    });
  });
});

describe('while the keys change under those who play', () => {
  it.each([0, 0.05])('the books of who stays, of who comes and goes, and of who comes late, at a loss of %f', async (loss) => {
    await withCall(1, { loss, jitter: 30, reorder: 0.05, seed: 23 }, async (call, stage) => {
      for (const userId of ['11', '12']) await call.join(userId);
      await call.agreed();
      const mouths = new Map(['11', '12'].map((userId) => [userId, song(userId, MOST_FRAMES)]));
      const all = await ears(call);
      const played = Promise.all(['11', '12'].map((userId) => speak(call.sessions.get(userId)!, mouths.get(userId)!)));
      // If another step fails, the test reports that failure instead.
      played.catch(() => undefined);

      // A member joins, speaks, and leaves right after its last word: a new epoch begins when it joins and when it leaves.
      const passing = await call.join('13');
      await call.agreed();
      const said = new Mouth(testFrames(15, 5_000));
      const ofPassing = ['11', '12'].map((host) => new Ear(call.sessions.get(host)!, host, '13'));
      await earsOpen(...call.sessions.values());
      await speak(passing, said);
      await settled(call.server, ofPassing, () => said);
      for (const ear of ofPassing) {
        ear.end();
        await expectBalance(stage, said, ear);
      }
      call.go('13');

      // Another member joins mid-song and stays.
      const latecomer = await call.join('14');
      const ofLatecomer = ['11', '12'].map((host) => new Ear(latecomer, '14', host));
      await call.agreed();
      await earsOpen(latecomer);
      for (const mouth of mouths.values()) mouth.finish(LAST_FRAMES);
      await played;
      await settled(call.server, all, (userId) => mouths.get(userId)!);
      for (const ear of all) ear.end();
      for (const ear of all) await expectBalance(stage, mouths.get(ear.from)!, ear);
      for (const ear of ofLatecomer) await expectNothingMissed(stage, mouths.get(ear.from)!, ear);
    });
  });
});

describe('where the news of new keys is late', () => {
  it('frames of the new epoch that come first are held, and heard', async () => {
    await withCall(1, { loss: 0.05, jitter: 10, seed: 31 }, async (call, stage) => {
      for (const userId of ['11', '12']) await call.join(userId);
      await call.agreed();
      const mouths = new Map(['11', '12'].map((userId) => [userId, song(userId, MOST_FRAMES)]));
      const all = await ears(call);
      const played = Promise.all(['11', '12'].map((userId) => speak(call.sessions.get(userId)!, mouths.get(userId)!)));
      played.catch(() => undefined);
      const flow = (): number => stage.server.accounting('12').get('11')?.offered ?? 0;
      await vi.waitFor(() => expect(flow()).toBeGreaterThan(5), PATIENCE);

      // User 12 receives nothing on its control socket, while user 11 is already in a new group and goes on speaking.
      stage.server.faults.silent('12', true, 'control');
      const joined = call.join('13');
      const ahead = ({ status, members }: E2eeState): boolean => status === 'secure' && members.length === 3;
      await firstValueFrom(call.sessions.get('11')!.e2ee$.pipe(filter(ahead)));
      const before = flow();
      await vi.waitFor(() => expect(flow()).toBeGreaterThan(before + 5), PATIENCE);
      stage.server.faults.silent('12', false, 'control');
      await joined;
      await call.agreed();
      for (const mouth of mouths.values()) mouth.finish(LAST_FRAMES);
      await played;
      await settled(stage.server, all, (userId) => mouths.get(userId)!);
      for (const ear of all) ear.end();
      for (const ear of all) await expectBalance(stage, mouths.get(ear.from)!, ear);
      const { users } = await statsOf(call.sessions.get('12')!);
      // The sender's first frame of the new epoch may have overtaken one frame, which davey then refuses.
      expect(sum(users.get('11')!.refused)).toBeLessThanOrEqual(1);
    });
  });
});

/** From the first frame that a latecomer heard, every place is reported once, and every missing frame was dropped or refused. */
async function expectNothingMissed({ server, network }: Lossy, mouth: Mouth, ear: Ear): Promise<void> {
  const flow = server.accounting(ear.to).get(ear.from)!;
  await vi.waitFor(() => expect(flow.delayed).toBe(0), PATIENCE);
  // The last packet that was not dropped may still be unread in the socket. It is silence, which is never refused.
  const dropped = network.dropped(ear.to, ear.from);
  const last = mouth.sequences.filter((sequence) => !dropped.has(sequence)).at(-1)!;
  await vi.waitFor(() => expect(ear.packets.some(({ sequence }) => sequence === last)).toBe(true), PATIENCE);
  ear.end();
  const { users } = await statsOf(ear.listener);
  const places = ear.events.filter(({ type }) => type !== 'late').map((event) => mouth.place(sequenceOf(event)));
  expect(places).toEqual(Array.from({ length: places.length }, (_, i) => places[0]! + i));
  const missing = ear.told('lost').length - ear.told('late').length - ear.stale.size + mouth.sent - 1 - places.at(-1)!;
  expect(missing).toBeLessThanOrEqual(flow.dropped + sum(users.get(ear.from)!.refused));
  expect(places[0]).toBeGreaterThan(0);
  for (const { sequence, frame } of ear.packets) expect(hex(frame)).toBe(mouth.frame(sequence));
}
