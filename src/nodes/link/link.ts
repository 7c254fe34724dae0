/**
 * Delivers payloads between a bot and a node: complete, in order, and exactly once. NATS subjects guarantee none of this across a reconnection.
 *
 * A sent packet is kept until it is acknowledged, and sent again if the other side misses it. While the server is away, packets wait. The link is
 * lost when the other side is silent for `silentAfter` ms of connected time, or sends `end`.
 */
import { distinctUntilChanged, Subject, Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { lostForGood } from '../../engine/lost-for-good.js';
import { EngineLostError } from '../../errors.js';
import { decodePacket, encodePacket, HEADER_BYTES, LEFT, REPLACED, type LinkPacket, type PacketKind } from './packet.js';

export interface LinkOptions {
  /** Publishes a packet. It may be lost. */
  readonly publish: (packet: Uint8Array) => void;
  /** Whether the server is reachable. Errors when the connection is closed for good. */
  readonly up$: Observable<boolean>;
  /** The largest size of a packet, in bytes. */
  readonly maxPacket: number;
  /** ms of silence, while the server is reachable, after which the other side is considered gone. */
  readonly silentAfter: number;
  readonly scheduler: SchedulerLike;
}

/** Beats per `silentAfter`. Each beat acknowledges packets, and lets the other side ask for missing ones. */
const BEATS = 6;
/** Bytes that may wait for acknowledgement. More means that the other side does not keep up, or is away for minutes. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

export class Link {
  /** The received payloads. Errors when the link is lost. */
  readonly payloads$: Observable<Uint8Array>;
  readonly #payloads$ = new Subject<Uint8Array>();
  readonly #options: LinkOptions;
  readonly #subscription = new Subscription();
  /** Packets sent and not yet acknowledged. The number of the first is `#sent - #waiting.length + 1`. */
  #waiting: { readonly kind: PacketKind; readonly body: Uint8Array }[] = [];
  #waitingBytes = 0;
  #sent = 0;
  #received = 0;
  #pieces: Uint8Array[] = [];
  /** The value of `#received` when missing packets were last asked for; -1 if that may be done again. */
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

  /** Whether the other side ended the link because it has left everything here. Then nothing of it may go on. */
  get left(): boolean {
    return this.#left;
  }

  /** When the last packet of the other side came. */
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

  /** Handles a packet of the other side. It may be damaged, repeated or out of order. */
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
   * Ends the link at once, and tells the other side.
   *
   * @param left whether nothing of this side may go on there. Says so in this packet, because earlier messages that say it may have been lost.
   */
  end(why: string, left = false): void {
    if (this.#lost) return;
    this.#publish('end', left ? LEFT : 0, new TextEncoder().encode(why));
    this.lose(new EngineLostError(why));
  }

  /** Ends the link without telling the other side. */
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

  /** The other side has sent packets up to `number`. Asks for the missing ones, once per gap and beat. */
  #complain(number: number): void {
    if (number <= this.#received || this.#missed === this.#received) return;
    this.#missed = this.#received;
    this.#publish('missing', this.#sent, NOTHING);
  }

  #acknowledge(number: number): void {
    const known = this.#sent - this.#waiting.length;
    // Already acknowledged, or never sent.
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
    // The request for missing packets may be lost too, so allow another one.
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
