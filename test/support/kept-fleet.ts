/**
 * Nodes as they are, with virtual sockets and a NATS in memory, and processes of one bot that begin, are killed, stopped, and go on; with fake timers. What
 * the voice server hears, and from whom, is written down.
 */
import { asyncScheduler, map, Observable, of, Subject, Subscription, timer, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { Transports } from '../../src/driver/ports.js';
import type { VoiceSession } from '../../src/driver/session/session.js';
import { remoteSession$ } from '../../src/engine/remote-session.js';
import { described, type FrameDescription } from '../../src/frames/description.js';
import { allToBot, toNode } from '../../src/nodes/address.js';
import { Uplink, type NatsConnectionLike, type NatsMessage } from '../../src/nodes/connection.js';
import { Host } from '../../src/nodes/host.js';
import { NodeLife } from '../../src/nodes/node-life.js';
import { fromRecord } from '../../src/nodes/registry/buckets.js';
import type { Ownership } from '../../src/nodes/registry/claims.js';
import { virtualVoice } from '../../src/testing/index.js';
import { testFrame, testFrameIndex } from '../../src/testing/test-frames.js';
import type { PlayEvent, VoiceSignal } from '../../src/types.js';
import { reach, Store } from './bucket-store.js';

export const KEEP_MS = 20_000;
export const SILENT_MS = 2_000;
const LEASE_MS = 5_000;
const IDS = { bot: '1', guild: '10', channel: '20' };
/** Of song `i` the frames from `i * SONG_SPACE` on. */
const SONG_SPACE = 10_000;

/** ms after which each copy of a packet arrives; none: it is lost. */
export type Fate = readonly number[];

/** Messages by their subjects. */
class Bus {
  fate: (from: string) => Fate = () => [1];
  readonly #subscriptions = new Set<{ readonly prefix: string; hear(message: NatsMessage): void }>();

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  connection(name: string, alive: () => boolean, gate: (deliver: () => void) => void): NatsConnectionLike {
    return {
      publish: (subject, data) => {
        if (!alive()) return;
        const copy = data.slice();
        for (const ms of this.fate(name)) setTimeout(() => this.#deliver({ subject, data: copy }), ms);
      },
      subscribe: (subject, { callback }) => {
        const subscription = { prefix: subject.slice(0, subject.indexOf('*')), hear: (message: NatsMessage) => gate(() => alive() && this.#subscriptions.has(subscription) && callback(null, message)) };
        this.#subscriptions.add(subscription);
        return { unsubscribe: () => void this.#subscriptions.delete(subscription) };
      },
      status: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
      closed: () => new Promise(() => undefined),
      isClosed: () => false,
    };
  }

  #deliver(message: NatsMessage): void {
    for (const { prefix, hear } of [...this.#subscriptions]) if (message.subject.startsWith(prefix)) hear(message);
  }
}

/** Frames that the voice server was sent: by which socket of which node, and which of which song. */
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
  /** Processes that have sent op 4 with no channel. */
  readonly left: string[] = [];
  readonly nodes: NodeLife[] = [];
  readonly processes: BotProcess[] = [];
  readonly #stores = { nodes: new Store(LEASE_MS), sessions: new Store() };
  readonly #buckets = { nodes: reach(this.#stores.nodes, UP), sessions: reach(this.#stores.sessions, UP), lease: LEASE_MS };
  #lengths = new Map<number, number>();
  #sockets = 0;
  #drained = new Set<NodeLife>();

  /** @param lengths frames of each song */
  static async begin(nodes: number, lengths: readonly number[]): Promise<KeptFleet> {
    const fleet = new KeptFleet();
    fleet.#lengths = new Map(lengths.entries());
    for (let i = 0; i < nodes; i += 1) await fleet.#beginNode(`node-${i}`);
    return fleet;
  }

  get owned(): readonly string[] {
    return this.#stores.sessions.keys;
  }

  process(name: string, keep = KEEP_MS): BotProcess {
    const process = new BotProcess(this, name, keep);
    this.processes.push(process);
    return process;
  }

  /** Where the session of the guild is, or is to be. */
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

  /** All processes and nodes end. */
  async end(): Promise<void> {
    for (const process of this.processes) process.kill();
    for (const node of this.nodes) if (!this.#drained.has(node)) await node.end();
  }

  async #beginNode(id: string): Promise<void> {
    const uplink = new Uplink(this.bus.connection(id, () => true, (deliver) => deliver())); // prettier-ignore
    const settings = { prefix: 'rxvoice', capacity: 100, joins: 16, moves: 4, prepare: true, silentAfter: SILENT_MS, checkpoint: 0, open: (wanted: FrameDescription) => this.#open(wanted), transports: () => this.#transports(id), scheduler: asyncScheduler };
    const life = new NodeLife(id, uplink, this.#buckets, settings, () => undefined);
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

/** What a listener was told, and how it ended. */
export interface Listener {
  readonly song: number;
  readonly told: PlayEvent[];
  /** `finished`, an error by its name, or undefined for as long as it plays. */
  end: string | undefined;
  unsubscribe(): void;
}

export class BotProcess {
  readonly name: string;
  readonly listeners: Listener[] = [];
  session: VoiceSession | undefined;
  error: Error | undefined;
  readonly #fleet: KeptFleet;
  readonly #keep: number;
  readonly #uplink: Uplink;
  readonly #hosts = new Map<NodeLife, Host>();
  readonly #links = new Map<string, Host>();
  readonly #unsubscribe: () => void;
  #subscription = Subscription.EMPTY;
  #alive = true;
  #stopped = false;
  #waiting: (() => void)[] = [];
  #tokens = 0;

  constructor(fleet: KeptFleet, name: string, keep: number) {
    this.#fleet = fleet;
    this.name = name;
    this.#keep = keep;
    this.#uplink = new Uplink(fleet.bus.connection(name, () => this.#alive, (deliver) => this.#gate(deliver))); // prettier-ignore
    this.#unsubscribe = this.#uplink.subscribe(allToBot('rxvoice', { bot: IDS.bot, process: name }), ({ subject, data }) => this.#links.get(subject.slice(subject.lastIndexOf('.') + 1))?.receive(data));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Joins, and tells when it has the session. */
  join(ready: (session: VoiceSession) => void = () => undefined): void {
    const wanted = { signals$: this.#signals$(), options: { scheduler: this.#scheduler }, guildId: IDS.guild, keep: this.#keep, ahead: 10, opens: (description: FrameDescription) => description, portable: () => ({ dave: false as const }) };
    this.#subscription = remoteSession$({ ...wanted, place$: () => this.#place$() }).subscribe({
      next: (session) => {
        this.session = session;
        ready(session);
      },
      error: (error: Error) => (this.error = error),
    });
  }

  play(song: number): Listener {
    const listener: Listener = { song, told: [], end: undefined, unsubscribe: () => subscription.unsubscribe() };
    this.listeners.push(listener);
    const source = described([], { input: String(song), from: 'file', start: 0, options: {} });
    const subscription = new Subscription();
    subscription.add(
      this.session!.play(source).subscribe({
        next: (event) => {
          if (listener.end !== undefined) throw new Error(`${this.name} is told ${event.type} behind the end`);
          listener.told.push(event);
        },
        error: (error: Error) => (listener.end = error.name),
        complete: () => (listener.end = listener.told.at(-1)?.type ?? 'nothing'),
      }),
    );
    return listener;
  }

  leave(): void {
    this.#subscription.unsubscribe();
  }

  /** As by SIGKILL: nothing is sent or heard any more. */
  kill(): void {
    this.#alive = false;
    this.#waiting = [];
    this.#stopped = false;
    this.#subscription.unsubscribe();
    for (const host of [...this.#hosts.values()]) host.end();
    this.#unsubscribe();
  }

  /** As by SIGSTOP: timers and messages wait. */
  stop(): void {
    this.#stopped = true;
  }

  /** As by SIGCONT. */
  goOn(): void {
    this.#stopped = false;
    for (const act of this.#waiting.splice(0)) act();
  }

  #gate(act: () => void): void {
    if (this.#stopped) this.#waiting.push(act);
    else if (this.#alive) act();
  }

  #signals$(): Observable<VoiceSignal> {
    return new Observable((subscriber) => {
      const token = (): VoiceSignal => ({ guildId: IDS.guild, userId: IDS.bot, sessionId: 'session', channelId: IDS.channel, token: `${this.name}-${(this.#tokens += 1)}`, endpoint: 'voice.test:443' });
      subscriber.add(timer(20, this.#scheduler).subscribe(() => subscriber.next(token())));
      subscriber.add(this.moved$.subscribe((endpoint) => subscriber.next({ ...token(), endpoint } as VoiceSignal)));
      subscriber.add(() => {
        if (this.#alive) this.#fleet.left.push(this.name);
      });
    });
  }

  /** Voice servers that the gateway names. */
  readonly moved$ = new Subject<string>();

  #place$(): Observable<Host['home']> {
    return new Observable((subscriber) => {
      const node = this.#fleet.placed();
      const host = this.#hosts.get(node) ?? this.#host(node);
      subscriber.add(host.hold());
      subscriber.add(of(host.home).subscribe((home) => subscriber.next(home)));
    });
  }

  #host(node: NodeLife): Host {
    const link = `${this.name}-${this.#links.size}`;
    const subject = toNode('rxvoice', node.id, { bot: IDS.bot, process: this.name }, link);
    const options = { publish: (packet: Uint8Array) => this.#uplink.publish(subject, packet), up$: this.#uplink.up$, maxPacket: 100_000, silentAfter: SILENT_MS, scheduler: this.#scheduler };
    const host = new Host(options, () => {
      if (this.#hosts.get(node) === host) this.#hosts.delete(node);
    });
    this.#hosts.set(node, host);
    this.#links.set(link, host);
    return host;
  }

  /** Its timers wait while it is stopped. */
  readonly #scheduler: SchedulerLike = {
    now: () => asyncScheduler.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription => {
      const gate = (act: () => void): void => (this.#stopped ? void this.#waiting.push(act) : act());
      return asyncScheduler.schedule<T>(
        function (this: SchedulerAction<T>, inner?: T) {
          gate(() => {
            if (!this.closed) work.call(this, inner);
          });
        },
        delay,
        state,
      );
    },
  };
}
