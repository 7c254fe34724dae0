/** One member of the call in a storm: the session, what it has open, and what is wrong with it. */
import { Subscription } from 'rxjs';
import { tapGateway, Taps } from './taps.mjs';

export class Member {
  status = 'signalling';
  e2ee = 'plain';
  /** Time (ms) since when the session is ready; Infinity while it is not. */
  readySince = Infinity;
  session;
  /** Number of sessions emitted. */
  sessions = 0;
  /** What ended the session, if it ended. */
  over;
  #subscription;

  /**
   * @param library connectVoice$ and nodeTransports
   * @param ids guildId, channelId (may be an Observable) and userId
   */
  constructor(library, server, ids, options, onDatagram) {
    this.taps = new Taps(library.nodeTransports(), onDatagram);
    const { port, counts } = tapGateway(server.gateway(ids.userId));
    this.gateway = counts;
    this.states = new Subscription();
    const session$ = library.connectVoice$(port, ids, { transports: this.taps.transports, ...options });
    this.ready = new Promise((resolve, reject) => {
      this.#subscription = session$.subscribe({
        next: (session) => {
          this.sessions += 1;
          this.session = session;
          this.#follow(session);
          resolve(session);
        },
        error: (error) => {
          this.over = `failed: ${error.message}`;
          reject(error);
        },
        complete: () => {
          this.over ??= `ended: ${this.reason}`;
          reject(new Error('the session ended before it was ready'));
        },
      });
    });
    this.ready.catch(() => undefined);
  }

  /** Whether the session has been ready for `ms`, and encrypted if the call is. */
  isSettled(ms, encrypted) {
    const keyed = this.e2ee === (encrypted ? 'secure' : 'plain');
    return this.status === 'ready' && keyed && performance.now() - this.readySince >= ms;
  }

  /** A ready session has one WebSocket, one UDP socket and one gateway subscription open; describes any deviation. */
  get surplus() {
    const { sockets, udpPorts } = this.taps;
    const { subscriptions } = this.gateway;
    return sockets === 1 && udpPorts === 1 && subscriptions === 1
      ? undefined
      : `${sockets} WebSockets, ${udpPorts} UDP sockets, ${subscriptions} gateway subscriptions`;
  }

  leave() {
    this.#subscription.unsubscribe();
    this.states.unsubscribe();
  }

  #follow(session) {
    this.states.add(
      session.state$.subscribe((state) => {
        this.status = state.status;
        this.reason = state.reason;
        this.channelId = state.channelId ?? this.channelId;
        this.readySince = state.status === 'ready' ? performance.now() : Infinity;
      }),
    );
    this.states.add(session.e2ee$.subscribe(({ status }) => (this.e2ee = status)));
  }
}
