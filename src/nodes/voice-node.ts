/** A node: a machine or process that runs voice sessions for bots. */
import { BehaviorSubject, firstValueFrom, lastValueFrom, merge, Subject, timer, type Observable, type SchedulerLike } from 'rxjs';
import { amount, count, fields, must } from '../checks/check.js';
import { ownTransports, type NodeTransportsOptions } from '../net/transports.js';
import { steadyScheduler } from '../steady-scheduler.js';
import { checkPrefix } from './address.js';
import { checkConnection, Uplink, type NatsConnectionLike } from './connection.js';
import { NodeLife, type NodeSettings } from './node-life.js';
import { freshName } from './fresh-name.js';
import { carryMediaErrors, sourceOpener } from './open-source.js';
import { MAX_KEEP_MS, openBuckets, openPeers, openPositions, type NodeBuckets } from './registry/buckets.js';
import { openAgain } from './registry/open-again.js';

/** Options of {@link voiceNode}; every field has a default. */
export interface VoiceNodeOptions {
  /** The beginning of the node's id, for people: letters, digits, - and _. Default `node`. */
  readonly name?: string;
  /** The beginning of all subjects and buckets: bots and nodes with the same prefix find each other. Default `rxvoice`. */
  readonly prefix?: string;
  /** A node with this many sessions is full: other nodes are asked first. Default 500. */
  readonly capacity?: number;
  /** How many sessions join at the same time; others wait. Default 16. */
  readonly joins?: number;
  /** How many sessions move at the same time when the node drains; the others play on until their turn. With fewer at a time, each gap is shorter. Default 4. */
  readonly moves?: number;
  /**
   * Whether a session that moves plays on here, for 3 s at most, until the next node has opened its voice sockets and its
   * source. Default true. With false it moves at once, and is silent while they are opened.
   */
  readonly prepare?: boolean;
  /**
   * ms for which the node may run its sessions without reaching NATS. The sessions of a dead node run elsewhere after that time. The node that creates
   * the buckets chooses it for all nodes of the prefix. Default 20 000.
   */
  readonly lease?: number;
  /** ms without a message after which a bot is considered gone, and its sessions end. Default 6 000, and never more than a lease. */
  readonly silentAfter?: number;
  /**
   * ms between two checkpoints, 500 or more. A checkpoint stores the positions of the songs that are read on this node, for bots with `keep`. If the node and
   * the process of the bot both die, the next process goes on at the checkpoint: at most this much of a song is heard twice. 0: no checkpoints; then
   * the song starts from the beginning. Default 5 000.
   */
  readonly checkpoint?: number;
  /**
   * ms, 1 000 or more, for which a session stays on a node that it has come to. After that this node may move it to another one that uses at most 0.8 of the share
   * of its capacity that this one uses; one session at a time, and each prepared, whatever `prepare` says. Each move is a moment of silence, and
   * may be visible as leaving and joining. 0: sessions move only when a node ends. Default 0.
   */
  readonly rebalance?: number;
  /**
   * The folder from which bots may play files, by absolute paths or paths relative to it. Default: no files are opened. http: and https: URLs are always opened,
   * wherever they lead.
   */
  readonly files?: string;
  /** Settings of the voice sockets. */
  readonly transports?: NodeTransportsOptions;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The state of a node. `id` is null until it has registered, and changes after it has lost its lease. */
export interface VoiceNodeState {
  readonly status: 'registering' | 'serving' | 'draining' | 'ended';
  readonly id: string | null;
  readonly sessions: number;
  /** How many sessions `rebalance` has moved to other nodes since this one started. */
  readonly moved: number;
}

/** A running node. */
export interface VoiceNode {
  /** Replays the current state. Completes when the node has ended; errors if NATS cannot be used as required. */
  readonly state$: Observable<VoiceNodeState>;
  /** Takes no more sessions, moves its own to other nodes, and ends. Call it on SIGTERM. */
  drain(): Promise<void>;
  /** Ends at once: sessions go on elsewhere, with a longer gap. */
  close(): Promise<void>;
}

const DEFAULT_LEASE_MS = 20_000;
/** ms of silence after which the other side is considered gone. The default of bots and of nodes. */
export const DEFAULT_SILENCE_MS = 6_000;
const DEFAULT_CHECKPOINT_MS = 5_000;
const MIN_CHECKPOINT_MS = 500;
const MIN_REBALANCE_MS = 1_000;
const MAX_REBALANCE_MS = 86_400_000;
/** ms until a failed registration is tried again. */
const RETRY_MS = 1_000;

const checkOptions = fields({
  name: checkPrefix,
  prefix: checkPrefix,
  capacity: count('a whole number of sessions, 1 or more', 1),
  joins: count('a whole number of sessions, 1 or more', 1),
  moves: count('a whole number of sessions, 1 or more', 1),
  prepare: must('true or false', (value) => typeof value === 'boolean'),
  lease: amount('ms, 1 000 or more', 1_000, 3_600_000),
  silentAfter: amount('ms, 500 or more', 500, 3_600_000),
  checkpoint: must('ms, 500 or more, or 0', (value) => typeof value === 'number' && (value === 0 || (value >= MIN_CHECKPOINT_MS && value <= MAX_KEEP_MS))),
  rebalance: must('ms, 1 000 or more, or 0', (value) => typeof value === 'number' && (value === 0 || (value >= MIN_REBALANCE_MS && value <= MAX_REBALANCE_MS))),
  files: must('the path of a folder', (value) => typeof value === 'string' && value !== ''),
  transports: must('settings of the sockets', (value) => typeof value === 'object' && value !== null),
  scheduler: must('a scheduler', (value) => typeof value === 'object' && value !== null),
} satisfies Readonly<Record<keyof VoiceNodeOptions, unknown>>);

/**
 * Runs sessions for bots that use `natsEngine` with the same `prefix`: their sockets, clocks and keys are in this process. It
 * needs a NATS server with JetStream, and no port that is open to the outside.
 *
 * ```ts
 * const node = voiceNode(await connect({ servers: 'nats://10.0.0.5:4222', maxReconnectAttempts: -1 }));
 * process.once('SIGTERM', () => void node.drain().then(() => process.exit()));
 * ```
 * It runs sessions only while it has its lease, an entry in a bucket that it renews. If NATS is away for longer than the lease, it ends its
 * sessions, because another node may have them by then; afterwards it registers again.
 *
 * @throws VoiceOptionsError, which names the first wrong option
 */
export function voiceNode(connection: NatsConnectionLike, options: VoiceNodeOptions = {}): VoiceNode {
  checkConnection('connection', connection);
  checkOptions('', options);
  carryMediaErrors();
  return new Node(new Uplink(connection), options);
}

class Node implements VoiceNode {
  readonly state$: Observable<VoiceNodeState>;
  readonly #state$ = new BehaviorSubject<VoiceNodeState>({ status: 'registering', id: null, sessions: 0, moved: 0 });
  readonly #end$ = new Subject<void>();
  readonly #uplink: Uplink;
  readonly #options: VoiceNodeOptions;
  readonly #scheduler: SchedulerLike;
  #life: NodeLife | undefined;
  #moved = 0;
  #ending = false;

  constructor(uplink: Uplink, options: VoiceNodeOptions) {
    this.#uplink = uplink;
    this.#options = options;
    this.#scheduler = options.scheduler ?? steadyScheduler;
    this.state$ = this.#state$.asObservable();
    uplink.up$.subscribe({ error: (error: unknown) => this.#fail(error) });
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  async drain(): Promise<void> {
    if (this.#ending) return this.#ended();
    this.#ending = true;
    this.#tell('draining');
    await this.#life?.drain();
    this.#end$.next();
    return this.#ended();
  }

  async close(): Promise<void> {
    this.#ending = true;
    this.#end$.next();
    return this.#ended();
  }

  #fail(error: unknown): void {
    this.#ending = true;
    this.#end$.next();
    this.#state$.error(error);
  }

  async #ended(): Promise<void> {
    await lastValueFrom(this.#state$).catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { prefix = 'rxvoice', capacity = 500, joins = 16, moves = 4, prepare = true, lease = DEFAULT_LEASE_MS, silentAfter = DEFAULT_SILENCE_MS, checkpoint = DEFAULT_CHECKPOINT_MS } = this.#options;
    const { files, transports = {}, rebalance = 0 } = this.#options;
    const settings: NodeSettings = { prefix, capacity, joins, moves, prepare, silentAfter, checkpoint, rebalance, open: sourceOpener(files), transports: () => ownTransports(transports), scheduler: this.#scheduler };
    const { connection } = this.#uplink;
    const open = async (): Promise<NodeBuckets> => ({
      ...(await openBuckets(connection, prefix, lease)),
      ...(checkpoint === 0 ? {} : { positions: await openPositions(connection, prefix, lease) }),
      ...(rebalance === 0 ? {} : { peers: await openPeers(connection, prefix, lease) }),
    });
    const buckets = await firstValueFrom(openAgain(open, this.#scheduler));
    while (!this.#ending) await this.#live(buckets, settings);
    this.#tell('ended');
    this.#state$.complete();
  }

  async #live(buckets: NodeBuckets, settings: NodeSettings): Promise<void> {
    const id = `${this.#options.name ?? 'node'}-${freshName()}`;
    const life = new NodeLife(id, this.#uplink, buckets, settings, { changed: () => this.#tell(), gave: () => this.#gave() });
    const over = firstValueFrom(merge(life.lost$, this.#end$));
    try {
      await life.begin();
    } catch {
      await life.end();
      await firstValueFrom(merge(timer(RETRY_MS, settings.scheduler), this.#end$));
      return;
    }
    this.#life = life;
    this.#tell(this.#ending ? 'draining' : 'serving');
    await over;
    this.#life = undefined;
    if (this.#ending) await life.end();
    else this.#tell('registering');
  }

  #gave(): void {
    this.#moved += 1;
    this.#tell();
  }

  #tell(status = this.#state$.value.status): void {
    this.#state$.next({ status, id: this.#life?.id ?? null, sessions: this.#life?.sessions ?? 0, moved: this.#moved });
  }
}
