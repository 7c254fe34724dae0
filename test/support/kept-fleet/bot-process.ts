/** A process of the bot, which can be started, killed, stopped and continued. */
import { asyncScheduler, Observable, of, Subject, Subscription, timer, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { VoiceSession } from '../../../src/driver/session/session.js';
import { remoteSession$, type RemoteSessionOptions } from '../../../src/engine/remote-session.js';
import { described } from '../../../src/frames/description.js';
import { allToBot, toNode } from '../../../src/nodes/address.js';
import { Uplink } from '../../../src/nodes/connection.js';
import { Host } from '../../../src/nodes/host.js';
import { processName } from '../../../src/nodes/process-name.js';
import type { NodeLife } from '../../../src/nodes/node-life.js';
import type { PlayEvent, VoiceSignal } from '../../../src/types.js';
import { IDS, SILENT_MS, type KeptFleet } from './kept-fleet.js';

/** The events that a listener got, and how its stream ended. */
export interface Listener {
  readonly song: number;
  readonly told: PlayEvent[];
  /** `finished`, the name of an error, or undefined while it plays. */
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

  constructor(fleet: KeptFleet, name: string, keep: number, instance?: string) {
    this.#fleet = fleet;
    this.name = instance === undefined ? name : processName(instance, asyncScheduler.now());
    this.#keep = keep;
    this.#uplink = new Uplink(fleet.bus.connection(name, () => this.#alive, (deliver) => this.#gate(deliver))); // prettier-ignore
    this.#unsubscribe = this.#uplink.subscribe(allToBot('rxvoice', { bot: IDS.bot, process: this.name }), ({ subject, data }) => this.#links.get(subject.slice(subject.lastIndexOf('.') + 1))?.receive(data));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Joins, and calls `ready` with the session. */
  join(ready: (session: VoiceSession) => void = () => undefined): void {
    const wanted: RemoteSessionOptions = {
      signals$: this.#signals$(),
      options: { scheduler: this.#scheduler },
      guildId: IDS.guild,
      keep: this.#keep,
      ahead: 10,
      opens: (description) => description,
      portable: () => ({ dave: false }),
      place$: () => this.#place$(),
    };
    this.#subscription = remoteSession$(wanted).subscribe({
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

  /** As by SIGKILL: nothing is sent or received any more. */
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

  /** Voice servers that the gateway announces. */
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

  /** A scheduler whose timers wait while the process is stopped. */
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
