/**
 * A process that is blocked while the other side acts in time: real sockets, real time. The other side is a thread. The tests wait until it has acted,
 * however long that takes, so a slow machine does not fail them.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { concat, map, NEVER, of, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { reorder, talkSpurts } from '../../src/audio/index.js';
import { driveVoice$, nodeTransports, udpPort$, type Transports, type VoiceSocket } from '../../src/driver.js';
import { steadyScheduler, type LogEvent, type VoicePacket, type VoiceServer, type VoiceSession, type WireMessage } from '../../src/index.js';
import { startVoiceServer } from '../../src/server/index.js';
import { testFrame, testFrames } from '../../src/testing/test-frames.js';
import type { Admission } from '../support/raw-voice-client.js';
import { credentialsOf } from '../support/raw-voice-client.js';

const CELLS = { go: 0, done: 1, identify: 2, discovery: 3, select: 4, heartbeat: 5 } as const;
type Cell = keyof typeof CELLS;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

class OtherSide {
  readonly #cells = new Int32Array(new SharedArrayBuffer(4 * Object.keys(CELLS).length));
  readonly #worker: Worker;

  constructor(role: string, options: unknown) {
    this.#worker = new Worker(new URL('../support/other-side.mjs', import.meta.url), { workerData: { role, options, cells: this.#cells } });
    ends.push(() => this.#worker.terminate());
  }

  /** Its first message, sent when it has started. */
  async begun(): Promise<unknown> {
    return ((await once(this.#worker, 'message')) as [unknown])[0];
  }

  count(cell: Cell): number {
    return Atomics.load(this.#cells, CELLS[cell]);
  }

  tell(): void {
    Atomics.add(this.#cells, CELLS.go, 1);
  }

  /** Blocks this process until the other side has done that `times` times in total. */
  standUntil(cell: Cell, times: number): void {
    for (let now = this.count(cell); now < times; now = this.count(cell)) Atomics.wait(this.#cells, CELLS[cell], now);
  }
}

const NOTHING = new Int32Array(new SharedArrayBuffer(4));
/** Blocks this process until `time`, ms of `steadyScheduler`. */
function standUntil(time: number): void {
  for (let left = time - steadyScheduler.now(); left > 0; left = time - steadyScheduler.now()) Atomics.wait(NOTHING, 0, 0, left);
}

/** The transports with a callback for everything that is sent, called after the send. */
function tapped(sent: (what: WireMessage | Uint8Array) => void): Transports {
  const transports = nodeTransports();
  const tap = <T extends { send(what: never): void }>(socket: T): T => ({
    ...socket,
    send: (what: never) => {
      socket.send(what);
      sent(what);
    },
  });
  return {
    socket$: (...args) => transports.socket$(...args).pipe(map((socket: VoiceSocket) => tap(socket))),
    udp$: (...args) => transports.udp$(...args).pipe(map(tap)),
  };
}
const isOp = (op: number) => (what: WireMessage | Uint8Array): boolean => typeof what === 'string' && what.startsWith(`{"op":${op},`);

function voiceServer(admission: Admission): VoiceServer {
  return { ...credentialsOf(admission), channelId: admission.voiceState.channel_id!, endpoint: admission.voiceServer.endpoint! };
}

const LIMIT = 100;

describe('an answer that came while nobody listened', () => {
  it.each([
    ['ready', 'identify', isOp(0)],
    ['discovery', 'discovery', (what: WireMessage | Uint8Array) => what instanceof Uint8Array && what.length === 74],
    ['description', 'select', isOp(1)],
  ] as const)('is no stage that took too long: %s', async (stage, answered, asks) => {
    const other = new OtherSide('server', {});
    const server = voiceServer((await other.begun()) as Admission);
    let asked = false;
    const transports = tapped((what) => {
      if (asked || !asks(what)) return;
      asked = true;
      // An immediate runs after the sockets are read and before the timers. If a timer blocked, the answer would mostly be read before the next timer.
      setImmediate(() => {
        other.standUntil(answered, 1);
        standUntil(steadyScheduler.now() + 2 * LIMIT);
      });
    });
    const faults: LogEvent[] = [];
    const log = (event: LogEvent): void => void (event.type === 'fault' && faults.push(event));
    const session = await joined(driveVoice$(concat(of(server), NEVER), { transports, dave: false, log, timeouts: { [stage]: LIMIT } }));
    expect([asked, session.guildId, faults]).toEqual([true, '1', []]);
  });
});

describe('heartbeats that were acknowledged while nobody listened', () => {
  it('are no reason to connect anew', async () => {
    const other = new OtherSide('server', { heartbeatInterval: 50 });
    const server = voiceServer((await other.begun()) as Admission);
    const faults: LogEvent[] = [];
    let beats = 0;
    let sure: (() => void) | undefined;
    const transports = tapped((what) => {
      if (!isOp(3)(what)) return;
      beats += 1;
      // Blocks repeatedly, from before the acknowledgement is read until after the next beat is due.
      if (beats > 1 && beats < 8) {
        other.standUntil('heartbeat', beats);
        standUntil(steadyScheduler.now() + 60);
      }
      if (beats === 12) sure?.();
    });
    const log = (event: LogEvent): void => void (event.type === 'fault' && faults.push(event));
    const goesOn = new Promise<void>((resolve) => (sure = resolve));
    await joined(driveVoice$(concat(of(server), NEVER), { transports, dave: false, log }));
    await goesOn;
    expect(faults).toEqual([]);
    expect(other.count('identify')).toBe(1);
  });
});

function joined(session$: Observable<VoiceSession>): Promise<VoiceSession> {
  return new Promise((resolve, reject) => {
    const subscription = session$.subscribe({ next: resolve, error: reject });
    ends.push(() => subscription.unsubscribe());
  });
}

/** The packets of one speaker, which sends the given lists. */
async function speaker(lists: readonly (readonly number[])[]): Promise<{ readonly other: OtherSide; readonly packets$: Observable<VoicePacket> }> {
  const other = new OtherSide('numbers', lists);
  const address = (await other.begun()) as { readonly ip: string; readonly port: number };
  const packets$ = await new Promise<Observable<VoicePacket>>((resolve) => {
    const subscription = udpPort$(address).subscribe((port) => {
      port.send(Uint8Array.of(0));
      resolve(port.datagrams$.pipe(map(([high, low]) => packetOf(high! * 256 + low!))));
    });
    ends.push(() => subscription.unsubscribe());
  });
  return { other, packets$ };
}

function packetOf(sequence: number): VoicePacket {
  return { userId: '3', ssrc: 5, sequence, timestamp: sequence * 960, marker: sequence === 1, frame: testFrame(sequence), arrival: steadyScheduler.now(), speaking: 1, audioLevel: null };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('packets that came while nobody listened', () => {
  it('are of the same talk spurt, also where the process is free just behind its end', async () => {
    const { other, packets$ } = await speaker([range(1, 10), range(11, 25)]);
    let spurts = 0;
    const heard = await new Promise<number[]>((resolve) => {
      const sequences: number[] = [];
      packets$.pipe(talkSpurts({ hangover: LIMIT })).subscribe((spurt$) => {
        spurts += 1;
        spurt$.subscribe({
          next: ({ sequence }) => {
            sequences.push(sequence);
            if (sequence !== 10) return;
            const end = steadyScheduler.now() + LIMIT;
            // Not within the read callback: the packets must not be read in the same turn after it.
            setImmediate(() => {
              other.tell();
              other.standUntil('done', 2);
              standUntil(end + 3);
            });
          },
          complete: () => resolve(sequences),
        });
      });
      other.tell();
    });
    expect([heard, spurts]).toEqual([range(1, 25), 1]);
  });

  it('are not lost, though the one that was missing is the last of a hundred', async () => {
    // 4 is held until 3 comes, and 3 comes in time.
    const { other, packets$ } = await speaker([[1, 2, 4], [...range(5, 104), 3]]);
    const told = await new Promise<string[]>((resolve) => {
      const events: string[] = [];
      const subscription = packets$.pipe(reorder({ maxDelay: LIMIT })).subscribe((event) => {
        const sequence = event.type === 'lost' ? event.sequence : event.packet.sequence;
        events.push(event.type === 'frame' ? `${sequence}` : `${event.type} ${sequence}`);
        if (sequence === 104) resolve(events);
      });
      ends.push(() => subscription.unsubscribe());
      let got = 0;
      const counting = packets$.subscribe(() => {
        got += 1;
        if (got !== 3) return;
        setImmediate(() => {
          other.tell();
          other.standUntil('done', 2);
          standUntil(steadyScheduler.now() + 3 * LIMIT);
        });
      });
      ends.push(() => counting.unsubscribe());
      other.tell();
    });
    expect(told).toEqual(range(1, 104).map(String));
  });
});

describe('a server that stood still', () => {
  it('does not end a session for what it has not read', async () => {
    const server = await startVoiceServer({ speakingGrace: LIMIT });
    ends.push(() => server.close());
    const admission = server.admit({ guildId: '1', channelId: '2', userId: '3' }) as unknown as Admission;
    const next = new Promise<string>((resolve) => {
      server.events$.subscribe(({ type }) => {
        if (type === 'speaking' || type === 'session-ended') resolve(type);
      });
    });
    const other = new OtherSide('bot', { frames: testFrames(100), server: voiceServer(admission) });
    let first = true;
    server.packets$.subscribe(() => {
      if (!first) return;
      first = false;
      setImmediate(() => {
        other.tell();
        other.standUntil('done', 1);
        standUntil(steadyScheduler.now() + 3 * LIMIT);
      });
    });
    expect(await next).toBe('speaking');
  });
});
