/** A machine that carries voice. */
import { BehaviorSubject, firstValueFrom, lastValueFrom, merge, Subject, timer, type Observable, type SchedulerLike } from 'rxjs';
import { amount, count, fields, must } from '../checks/check.js';
import { nodeTransports, type NodeTransportsOptions } from '../net/transports.js';
import { steadyScheduler } from '../steady-scheduler.js';
import { checkPrefix } from './address.js';
import { checkConnection, Uplink, type NatsConnectionLike } from './connection.js';
import { NodeLife, type NodeSettings } from './node-life.js';
import { freshName } from './fresh-name.js';
import { carryMediaErrors, sourceOpener } from './open-source.js';
import { MAX_KEEP_MS, openBuckets, openPeers, openPositions, type NodeBuckets } from './registry/buckets.js';
import { openAgain } from './registry/open-again.js';

/** How a node is to be. */
export interface VoiceNodeOptions {
  /** What its id begins with, for people: letters, digits, - and _. Default `node`. */
  readonly name?: string;
  /** What subjects and buckets begin with: bots and nodes of one prefix find each other. Default `rxvoice`. */
  readonly prefix?: string;
  /** Sessions beyond which others are asked first. Default 500. */
  readonly capacity?: number;
  /** Sessions that join at once; the others wait. Default 16. */
  readonly joins?: number;
  /** Sessions that move at once when it drains; the others play on until it is their turn. Few at once are each silent for a shorter time. Default 4. */
  readonly moves?: number;
  /**
   * Whether a session that is to move plays on here, for 3 s at most, until the node that it goes to has opened its voice sockets and its
   * source. Default true; false moves it at once, and what is to be opened is opened while it is silent.
   */
  readonly prepare?: boolean;
  /**
   * ms for which the node may run its sessions without reaching NATS, and after which those of a node that died run elsewhere. Whoever makes
   * the buckets chooses it for all nodes of the prefix. Default 20 000.
   */
  readonly lease?: number;
  /** ms without a word after which a bot is taken to be gone, and its sessions end. Default 6 000, and never more than a lease. */
  readonly silentAfter?: number;
  /**
   * ms between two checkpoints, 500 or more: so often it is written down where the songs are that are read here, of bots with `keep`. Where the node dies
   * and with it the process of the bot, the next process goes on there: so much of a song is heard twice at most. 0: it is written down
   * nowhere, and a song begins anew. Default 5 000.
   */
  readonly checkpoint?: number;
  /**
   * ms, 1 000 or more, for which a session stays on a node that it has come to, before it may be moved to one with less to do: this node then lets go of some
   * to another one that has less than 0.8 of its share in use, one after the other and each prepared, whatever `prepare` says. Each is a moment of silence, and
   * may be seen as leaving and joining. 0: none is moved but where a node ends. Default 0.
   */
  readonly rebalance?: number;
  /**
   * The folder whose files bots may have opened here, by paths that are absolute or begin in it. Default: no files are opened, and URLs are,
   * http: and https:, wherever they lead.
   */
  readonly files?: string;
  /** Settings of the voice sockets. */
  readonly transports?: NodeTransportsOptions;
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** What a node is about. `id` is null until it has registered, and another after it has lost its lease. */
export interface VoiceNodeState {
  readonly status: 'registering' | 'serving' | 'draining' | 'ended';
  readonly id: string | null;
  readonly sessions: number;
  /** Sessions that have gone to a node with less to do since this one began (`rebalance`). */
  readonly moved: number;
}

/** A running node. */
export interface VoiceNode {
  /** Replays the latest. Completes when it has ended; errors where NATS cannot be used as it must. */
  readonly state$: Observable<VoiceNodeState>;
  /** Takes no more sessions, has its own go on elsewhere, and ends: what to do upon SIGTERM. */
  drain(): Promise<void>;
  /** Ends at once: sessions go on elsewhere, with a longer gap. */
  close(): Promise<void>;
}

const DEFAULT_LEASE_MS = 20_000;
/** What silence is taken for an end after, on both sides. */
export const DEFAULT_SILENCE_MS = 6_000;
const DEFAULT_CHECKPOINT_MS = 5_000;
const MIN_CHECKPOINT_MS = 500;
const MIN_REBALANCE_MS = 1_000;
const MAX_REBALANCE_MS = 86_400_000;
/** ms until a registration that has failed is tried again. */
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
 * Carries sessions for the bots that have an engine of the same `prefix`, from `natsEngine`: their sockets, clocks and keys are here. It
 * needs a NATS server with JetStream, and no port that is open to the outside.
 *
 * ```ts
 * const node = voiceNode(await connect({ servers: 'nats://10.0.0.5:4222', maxReconnectAttempts: -1 }));
 * process.once('SIGTERM', () => void node.drain().then(() => process.exit()));
 * ```
 * It runs nothing without its lease, an entry in a bucket that it renews: while NATS is away for longer than that it ends its sessions, since
 * another node may have them by then; afterwards it registers anew.
 *
 * @throws VoiceOptionsError, which names the first option that is not what it must be
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
    const settings: NodeSettings = { prefix, capacity, joins, moves, prepare, silentAfter, checkpoint, rebalance, open: sourceOpener(files), transports: () => nodeTransports(transports), scheduler: this.#scheduler };
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
