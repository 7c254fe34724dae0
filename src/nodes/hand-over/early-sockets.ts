/**
 * Voice WebSockets that are opened before there is a session for them, so that the session does not wait for DNS, TCP, TLS and Hello. Nothing
 * is sent on them. A server closes a socket that does not identify in time; such a socket is not handed out.
 *
 * ```
 * socket      ^---o-H-----          o: open, H: Hello
 * ready$      ------|
 * session     ---------^(oH)--      the first subscriber that opens a socket to that endpoint
 * ```
 */
import { map, merge, Observable, ReplaySubject, Subject, Subscription, type Subscriber } from 'rxjs';
import type { Transports, VoiceSocket } from '../../driver/ports.js';
import type { WireMessage } from '../../protocol/frames.js';
import type { VoiceGatewayVersion } from '../../protocol/opcodes.js';

export class EarlySockets implements Transports {
  /** Completes when each socket has received Hello or is lost. */
  readonly ready$: Observable<never>;
  readonly socket$: Transports['socket$'];
  readonly udp$: Transports['udp$'];
  readonly #transports: Transports;
  readonly #endpoint: string | null;
  readonly #version: VoiceGatewayVersion;
  readonly #waiting: EarlySocket[];

  /**
   * @param endpoint null: no socket is opened
   * @param sockets how many sockets to open: a session whose credentials are not accepted twice needs a second one
   */
  constructor(transports: Transports, endpoint: string | null, version: VoiceGatewayVersion, sockets: number) {
    this.#transports = transports;
    this.#endpoint = endpoint;
    this.#version = version;
    this.socket$ = (wanted, spoken) => this.#open$(wanted, spoken);
    this.udp$ = (address) => transports.udp$(address);
    this.#waiting = endpoint === null ? [] : Array.from({ length: sockets }, () => new EarlySocket(transports.socket$(endpoint, version)));
    this.ready$ = merge(...this.#waiting.map(({ ready$ }) => ready$));
  }

  /** Closes the sockets that were not handed out. */
  close(): void {
    for (const early of this.#waiting.splice(0)) early.close();
  }

  #open$(endpoint: string, version: VoiceGatewayVersion): Observable<VoiceSocket> {
    return new Observable((subscriber) => {
      const fits = endpoint === this.#endpoint && version === this.#version;
      for (let early = fits ? this.#waiting.shift() : undefined; early !== undefined; early = this.#waiting.shift()) {
        if (!early.lost) return early.give(subscriber);
      }
      return this.#transports.socket$(endpoint, version).subscribe(subscriber);
    });
  }
}

class EarlySocket {
  readonly ready$: Observable<never>;
  readonly #ready$ = new Subject<never>();
  readonly #subscription: Subscription;
  readonly #socket$ = new ReplaySubject<VoiceSocket>(1);
  lost = false;

  constructor(socket$: Observable<VoiceSocket>) {
    this.ready$ = this.#ready$;
    const hello = (): void => this.#ready$.complete();
    this.#subscription = socket$.pipe(map((socket) => heldBack(socket, hello))).subscribe({
      next: (socket) => this.#socket$.next(socket),
      error: (error: unknown) => {
        this.lost = true;
        this.#socket$.error(error);
        hello();
      },
    });
  }

  /** Hands the socket to the subscriber, which closes it when it unsubscribes. */
  give(subscriber: Subscriber<VoiceSocket>): void {
    subscriber.add(this.#subscription);
    this.#socket$.subscribe(subscriber);
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}

/** Buffers messages until somebody subscribes to `messages$`; the first subscriber gets them. `first` is called at each buffered message. */
function heldBack(socket: VoiceSocket, first: () => void): VoiceSocket {
  const said: WireMessage[] = [];
  const live$ = new Subject<WireMessage>();
  let listening = false;
  socket.messages$.subscribe((message) => {
    if (listening) return live$.next(message);
    said.push(message);
    first();
  });
  const messages$ = new Observable<WireMessage>((subscriber) => {
    listening = true;
    for (const message of said.splice(0)) subscriber.next(message);
    return live$.subscribe(subscriber);
  });
  return { messages$, send: (message) => socket.send(message), drop: (code, reason) => socket.drop(code, reason) };
}
