/** Each transport mode with each gateway version, over real sockets: every frame once, in order, byte for byte. */
import { filter, forkJoin, lastValueFrom, map, switchMap, take, timeout, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_MODES } from '../../src/protocol/encryption-modes.js';
import { GATEWAY_VERSIONS } from '../../src/protocol/opcodes.js';
import { connectVoice$, type PlayEvent, type VoiceState } from '../../src/index.js';
import { startVoiceServer, type LoopbackVoiceServer, type ServerPacket } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { openResources, leakedResources } from '../support/open-resources.js';
import { inProcessTime, type ProcessTime } from '../support/process-time.js';

const FRAMES = testFrames(25);
const SILENCE = 'f8fffe';
/** The longest wait. A lost packet never arrives later. */
const PATIENCE_MS = 15_000;

describe.each(GATEWAY_VERSIONS)('gateway version %i', (version) => {
  it('plays in every mode, and leaves nothing open', async () => {
    const before = openResources();
    await inProcessTime(async (time) => {
      const server = await startVoiceServer({ version, modes: ENCRYPTION_MODES, ...time.options });
      try {
        for (const result of await lastValueFrom(forkJoin(playedInEveryMode(server, time)))) expectPlayed(result);
      } finally {
        await server.close();
      }
    });
    expect(await leakedResources(before)).toEqual([]);
  });
});

/** One user per mode, each in its own channel, all at once. */
function playedInEveryMode(server: LoopbackVoiceServer, { options }: ProcessTime): Observable<Result>[] {
  return ENCRYPTION_MODES.map((mode, i) => {
    const userId = String(100 + i);
    const session$ = connectVoice$(server.gateway(userId), { guildId: '1', userId, channelId: String(200 + i) }, { modes: [mode], ...options });
    return session$.pipe(
      switchMap((session) =>
        forkJoin({
          state: session.state$.pipe(take(1)),
          events: session.play(FRAMES).pipe(toArray()),
          packets: server.packets$.pipe(
            filter((packet) => packet.userId === userId),
            take(FRAMES.length + 5),
            toArray(),
            timeout(PATIENCE_MS),
          ),
        }),
      ),
      take(1),
      map((result) => ({ mode, ...result })),
    );
  });
}

interface Result {
  readonly mode: string;
  readonly state: VoiceState;
  readonly events: readonly PlayEvent[];
  readonly packets: readonly ServerPacket[];
}

function expectPlayed({ mode, state, events, packets }: Result): void {
  expect(state).toMatchObject({ status: 'ready', mode });
  const payloads = packets.map((packet) => Buffer.from(packet.payload).toString('hex'));
  const frames = FRAMES.map((frame) => Buffer.from(frame).toString('hex'));
  expect(payloads).toEqual([...frames, SILENCE, SILENCE, SILENCE, SILENCE, SILENCE]);
  // The events of the play match what the server received; per packet, the RTP sequence grows by 1 and the timestamp by 960, across any wrap.
  const sent = events.filter((event) => event.type === 'sent');
  expect(sent.map(({ sequence, timestamp }) => [sequence, timestamp])).toEqual(
    packets.slice(0, FRAMES.length).map(({ sequence, timestamp }) => [sequence, timestamp]),
  );
  const [first] = packets;
  packets.forEach((packet, i) => {
    expect(packet.sequence).toBe((first!.sequence + i) & 0xffff);
    expect(packet.timestamp).toBe((first!.timestamp + i * 960) >>> 0);
    // Discord sends 0x78 as byte 1, and four libraries that listen do not accept a packet with any other value.
    expect(packet.marker).toBe(false);
  });
  expect(events.at(-1)).toEqual({ type: 'finished', frames: FRAMES.length, heard: FRAMES.length * 20 });
}

