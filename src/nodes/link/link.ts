/**
 * Payloads between a bot and a node: whole, in order, and once, over subjects of NATS that promise none of it across a reconnection.
 *
 * What is sent is kept until it is acknowledged, and sent again where it is missed; while the server is away it waits. The link is lost when
 * the other side is silent for `silentAfter` ms of connected time, or says that it is no more.
 */
import { distinctUntilChanged, Subject, Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { lostForGood } from '../../engine/lost-for-good.js';
import { EngineLostError } from '../../errors.js';
import { decodePacket, encodePacket, HEADER_BYTES, LEFT, REPLACED, type LinkPacket, type PacketKind } from './packet.js';

export interface LinkOptions {
  /** Publishes a packet, which may be lost. */
  readonly publish: (packet: Uint8Array) => void;
  /** Whether the server is there. Errors when it never will be. */
  readonly up$: Observable<boolean>;
  /** Bytes that one packet may have. */
  readonly maxPacket: number;
  /** ms of silence, with the server there, after which the other side is no more. */
  readonly silentAfter: number;
  readonly scheduler: SchedulerLike;
}

/** Packets are acknowledged, and asked for again, so often at least: six times until a side is believed to be dead. */
const BEATS = 6;
/** Bytes that may wait for the other side. More means that it does not keep up, or is away for minutes. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

export class Link {
  /** What comes. Errors when the link is lost. */
  readonly payloads$: Observable<Uint8Array>;
  readonly #payloads$ = new Subject<Uint8Array>();
  readonly #options: LinkOptions;
  readonly #subscription = new Subscription();
  /** Sent, and not known to have come: the number of the first is `#sent - #waiting.length + 1`. */
  #waiting: { readonly kind: PacketKind; readonly body: Uint8Array }[] = [];
  #waitingBytes = 0;
  #sent = 0;
  #received = 0;
  #pieces: Uint8Array[] = [];
  /** The gap that was complained of. */
  #missed = -1;
  #up = true;
  #heardAt: number;
  #lost = false;
  #left = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.payloads$ = this.#payloads$;
    const { scheduler, silentAfter, up$ } = options;
    this.#heardAt = scheduler.now();
    const every = silentAfter / BEATS;
    this.#subscription.add(timer(every, every, scheduler).subscribe(() => this.#beat()));
    this.#subscription.add(up$.pipe(distinctUntilChanged()).subscribe({ next: (up) => this.#server(up), error: (error: unknown) => this.lose(error) }));
  }

  /** Whether the other side has ended it as one that has nothing more here: what it had is not to go on. */
  get left(): boolean {
    return this.#left;
  }

  /** When the other side was heard of last. */
  get heardAt(): number {
    return this.#heardAt;
  }

  send(payload: Uint8Array): void {
    const room = this.#options.maxPacket - HEADER_BYTES;
    for (let at = 0; at === 0 || at < payload.length; at += room) {
      if (this.#lost) return;
      const body = payload.subarray(at, at + room);
      this.#sent += 1;
      const packet = { kind: at + room < payload.length ? 'piece' : 'data', body } as const;
      this.#waiting.push(packet);
      this.#waitingBytes += body.length;
      if (this.#waitingBytes > MAX_WAITING_BYTES) this.lose(new EngineLostError(`${MAX_WAITING_BYTES} bytes wait for the other side, which does not take them`));
      else this.#publish(packet.kind, this.#sent, body);
    }
  }

  /** A packet of the other side, whatever became of it on its way. */
  receive(bytes: Uint8Array): void {
    const packet = decodePacket(bytes);
    if (packet === undefined || this.#lost) return;
    this.#heardAt = this.#options.scheduler.now();
    if (packet.kind === 'end') {
      this.#left = packet.number === LEFT;
      const lost = new EngineLostError(new TextDecoder().decode(packet.body));
      return this.lose(lost.reason === REPLACED ? lostForGood(lost) : lost);
    }
    this.#acknowledge(packet.acknowledged);
    if (packet.kind === 'missing') this.#sendAgain();
    else if (packet.kind === 'beat') this.#complain(packet.number);
    else if (packet.number === this.#received + 1) this.#arrived(packet);
    else this.#complain(packet.number);
  }

  /**
   * Ends it here and now, and tells the other side.
   *
   * @param left whether nothing of this side is to go on there; what was sent to say so may not have come
   */
  end(why: string, left = false): void {
    if (this.#lost) return;
    this.#publish('end', left ? LEFT : 0, new TextEncoder().encode(why));
    this.lose(new EngineLostError(why));
  }

  /** The other side is no more. */
  lose(error: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#waiting = [];
    this.#subscription.unsubscribe();
    this.#payloads$.error(error);
  }

  #arrived({ kind, body }: LinkPacket): void {
    this.#received += 1;
    this.#pieces.push(body);
    if (kind === 'piece') return;
    const payload = this.#pieces.length === 1 ? body : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#payloads$.next(payload);
  }

  /** The other side has sent this one: what lacks is asked for, once each time that it is found to lack. */
  #complain(number: number): void {
    if (number <= this.#received || this.#missed === this.#received) return;
    this.#missed = this.#received;
    this.#publish('missing', this.#sent, NOTHING);
  }

  #acknowledge(number: number): void {
    const known = this.#sent - this.#waiting.length;
    // Of the past, or of a future that there is not.
    if (number <= known || number > this.#sent) return;
    for (const { body } of this.#waiting.splice(0, number - known)) this.#waitingBytes -= body.length;
  }

  #sendAgain(): void {
    const first = this.#sent - this.#waiting.length + 1;
    for (const [i, { kind, body }] of this.#waiting.entries()) this.#publish(kind, first + i, body);
  }

  #beat(): void {
    if (!this.#up) return;
    const { scheduler, silentAfter } = this.#options;
    if (scheduler.now() - this.#heardAt >= silentAfter) return this.lose(new EngineLostError(`nothing was heard of the other side for ${silentAfter} ms`));
    // A complaint may be lost, as what it is about.
    this.#missed = -1;
    this.#publish('beat', this.#sent, NOTHING);
  }

  #server(up: boolean): void {
    const back = up && !this.#up;
    this.#up = up;
    if (!back) return;
    this.#heardAt = this.#options.scheduler.now();
    this.#sendAgain();
  }

  #publish(kind: PacketKind, number: number, body: Uint8Array): void {
    if (this.#up) this.#options.publish(encodePacket({ kind, number, acknowledged: this.#received, body }));
  }
}
