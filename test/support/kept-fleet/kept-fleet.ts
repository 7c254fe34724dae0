/**
 * Real nodes with virtual sockets and an in-memory NATS, and processes of one bot, under fake timers. Records what the voice server hears, and
 * from whom.
 */
import { asyncScheduler, map } from 'rxjs';
import { expect, vi } from 'vitest';
import type { Transports } from '../../../src/driver/ports.js';
import { described, type FrameDescription } from '../../../src/frames/description.js';
import { Uplink } from '../../../src/nodes/connection.js';
import { NodeLife } from '../../../src/nodes/node-life.js';
import { fromRecord } from '../../../src/nodes/registry/buckets.js';
import type { Ownership } from '../../../src/nodes/registry/claims.js';
import { virtualVoice } from '../../../src/testing/index.js';
import { testFrame, testFrameIndex } from '../../../src/testing/test-frames.js';
import { BotProcess } from './bot-process.js';
import { reach, Store } from '../bucket-store.js';
import { Bus } from './memory-nats.js';

export const KEEP_MS = 20_000;
export const SILENT_MS = 1_000;
const LEASE_MS = 5_000;
export const IDS = { bot: '1', guild: '10', channel: '20' } as const;
/** The frames of song `i` are numbered from `i * SONG_SPACE` on. */
const SONG_SPACE = 10_000;

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Starts a process that joins the guild and plays the song. */
export async function playing(fleet: KeptFleet, name: string, song = 0, keep?: number, instance?: string): Promise<BotProcess> {
  const bot = fleet.process(name, keep, instance);
  bot.join(() => bot.play(song));
  await pass(500);
  return bot;
}

/** Ends everything, and checks the invariants that hold in every test. */
export async function over(fleet: KeptFleet): Promise<void> {
  const alive = fleet.processes.filter((process) => process.alive);
  await fleet.end();
  const sockets = fleet.sent.map(({ by }) => by).filter((by, i, all) => by !== all[i - 1]);
  expect(sockets).toEqual([...new Set(sockets)]);
  for (const { name, listeners, error } of alive) for (const { end } of listeners) expect(end ?? error, `what ${name} played is over`).toBeDefined();
  await pass(60_000);
  expect({ owned: fleet.owned, subscriptions: fleet.bus.subscriptions, timers: vi.getTimerCount() }).toEqual({ owned: [], subscriptions: 0, timers: 0 });
}

/** A frame that the voice server received: the socket and node that sent it, the song, and the frame in it. */
export interface Sent {
  readonly by: string;
  readonly song: number;
  readonly frame: number;
}

const UP = { state: 'up' } as const;

export class KeptFleet {
  readonly bus = new Bus();
  readonly voice = virtualVoice({ scheduler: asyncScheduler });
  readonly sent: Sent[] = [];
  /** Processes that have sent op 4 without a channel. */
  readonly left: string[] = [];
  readonly nodes: NodeLife[] = [];
  readonly processes: BotProcess[] = [];
  readonly #stores = { nodes: new Store(LEASE_MS), sessions: new Store() };
  readonly #buckets = { nodes: reach(this.#stores.nodes, UP), sessions: reach(this.#stores.sessions, UP), lease: LEASE_MS };
  #lengths = new Map<number, number>();
  #sockets = 0;
  #drained = new Set<NodeLife>();

  /** @param lengths number of frames of each song */
  static async begin(nodes: number, lengths: readonly number[]): Promise<KeptFleet> {
    const fleet = new KeptFleet();
    fleet.#lengths = new Map(lengths.entries());
    for (let i = 0; i < nodes; i += 1) await fleet.#beginNode(`node-${i}`);
    return fleet;
  }

  get owned(): readonly string[] {
    return this.#stores.sessions.keys;
  }

  /** @param instance the bot instance that the process belongs to */
  process(name: string, keep = KEEP_MS, instance?: string): BotProcess {
    const process = new BotProcess(this, name, keep, instance);
    this.processes.push(process);
    return process;
  }

  /** The number of nodes that do not drain. */
  get serving(): number {
    return this.nodes.length - this.#drained.size;
  }

  /** The node where the session of the guild is, or will be. */
  placed(): NodeLife {
    const owner = fromRecord<Ownership>(this.#stores.sessions.get(`${IDS.bot}.${IDS.guild}`))?.node;
    const serving = this.nodes.filter((node) => !this.#drained.has(node));
    return serving.find(({ id }) => id === owner) ?? serving[0]!;
  }

  async drain(node: NodeLife): Promise<void> {
    this.#drained.add(node);
    await node.drain();
    await node.end();
  }

  /** Ends all processes and nodes. */
  async end(): Promise<void> {
    for (const process of this.processes) process.kill();
    for (const node of this.nodes) if (!this.#drained.has(node)) await node.end();
  }

  async #beginNode(id: string): Promise<void> {
    const uplink = new Uplink(this.bus.connection(id, () => true, (deliver) => deliver())); // prettier-ignore
    const settings = { prefix: 'rxvoice', capacity: 100, joins: 16, moves: 4, prepare: true, silentAfter: SILENT_MS, checkpoint: 0, rebalance: 0, open: (wanted: FrameDescription) => this.#open(wanted), transports: () => this.#transports(id), scheduler: asyncScheduler };
    const life = new NodeLife(id, uplink, this.#buckets, settings, { changed: () => undefined, gave: () => undefined });
    await life.begin();
    this.nodes.push(life);
  }

  #open(description: FrameDescription): Iterable<Uint8Array> {
    const song = Number(description.input);
    const first = Math.round(description.start / 20);
    const frames = Array.from({ length: Math.max(0, this.#lengths.get(song)! - first) }, (_, i) => testFrame(song * SONG_SPACE + first + i));
    return described(frames, description);
  }

  #transports(node: string): Transports {
    const { socket$, udp$ } = this.voice.transports;
    return {
      socket$,
      udp$: (address) => {
        this.#sockets += 1;
        const by = `${node} #${this.#sockets}`;
        return udp$(address).pipe(map(({ datagrams$, send }) => ({ datagrams$, send: (datagram: Uint8Array) => this.#note(by, () => send(datagram)) })));
      },
    };
  }

  #note(by: string, send: () => void): void {
    const packets = this.voice.packets$.subscribe(({ payload }) => {
      const index = testFrameIndex(payload);
      if (index !== undefined) this.sent.push({ by, song: Math.floor(index / SONG_SPACE), frame: index % SONG_SPACE });
    });
    send();
    packets.unsubscribe();
  }
}
