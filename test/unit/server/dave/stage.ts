/** A call in memory: a delivery service, real davey clients, and a queue each way for every client. */
import { expect } from 'vitest';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { DaveCall, type DaveCallOptions, type DaveEvent } from '../../../../src/server/dave/index.js';
import { DaveyClient, type DaveMessage, type DaveyOptions } from '../../../support/davey-client.js';
import { HandScheduler } from '../../media/send/hand-scheduler.js';

export const CHANNEL = '927310423890473011';
/** Ids as long as real ones. */
export const user = (n: number): string => String(158_049_329_150_427_136n + BigInt(n) * 4_194_304n);

interface Seat {
  readonly client: DaveyClient;
  readonly maxVersion: number;
  /** Not delivered yet: to the client, and to the server. */
  down: DaveMessage[];
  readonly up: DaveMessage[];
}

export type Line = () => void;

export class Stage {
  readonly scheduler = new HandScheduler();
  readonly events: DaveEvent[] = [];
  readonly call: DaveCall;
  readonly seats = new Map<string, Seat>();
  /** All bytes that the service received or sent. */
  readonly traffic: Uint8Array[] = [];
  /** Commits and Welcomes that a client, now gone or not, could not use. */
  readonly #clients: DaveyClient[] = [];

  constructor(options: Partial<DaveCallOptions> = {}) {
    this.call = new DaveCall({
      channelId: CHANNEL,
      scheduler: this.scheduler,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  get failures(): string[] {
    return this.#clients.flatMap((client) => client.failures);
  }

  get proposalFailures(): string[] {
    return this.#clients.flatMap((client) => client.proposalFailures);
  }

  client(n: number): DaveyClient {
    return this.seats.get(user(n))!.client;
  }

  /** What the server does around a join: 11 to the others and to the client, 4, then the join. */
  join(n: number, { maxVersion = 1, ...options }: DaveyOptions & { readonly maxVersion?: number } = {}): number {
    const userId = user(n);
    const admission = this.call.admission(maxVersion);
    if ('refuse' in admission) return admission.refuse;
    const up: DaveMessage[] = [];
    const client = new DaveyClient(userId, CHANNEL, (message) => up.push(message), options);
    const others = [...this.seats.keys()];
    for (const seat of this.seats.values()) seat.down.push({ op: VoiceOp.ClientsConnect, d: { user_ids: [userId] } });
    const seat: Seat = { client, maxVersion, up, down: [{ op: VoiceOp.ClientsConnect, d: { user_ids: others } }] };
    this.#clients.push(client);
    this.seats.set(userId, seat);
    seat.down.push({ op: VoiceOp.SessionDescription, d: { dave_protocol_version: admission.version } });
    expect(this.call.join(this.link(userId), maxVersion)).toEqual(admission);
    return 0;
  }

  /** The sending half of a connection. */
  link(userId: string) {
    const seat = this.seats.get(userId)!;
    return {
      userId,
      sendJson: (op: number, d: unknown) => void seat.down.push({ op, d }),
      sendBinary: (op: number, body: Uint8Array) => {
        this.traffic.push(body);
        seat.down.push({ op, body });
      },
    };
  }

  leave(n: number): void {
    const userId = user(n);
    this.seats.delete(userId);
    for (const seat of this.seats.values()) seat.down.push({ op: VoiceOp.ClientDisconnect, d: { user_id: userId } });
    this.call.leave(userId);
  }

  /** For each non-empty queue, a function that delivers its first message. */
  lines(of: (seat: Seat) => boolean = () => true): Line[] {
    return [...this.seats.values()].filter(of).flatMap((seat) => [
      ...(seat.down.length > 0 ? [() => seat.client.handle(seat.down.shift()!)] : []),
      ...(seat.up.length > 0 ? [() => this.toServer(seat.client.userId, seat.up.shift()!)] : []),
    ]);
  }

  toServer(userId: string, message: DaveMessage): void {
    if ('body' in message) {
      this.traffic.push(message.body);
      this.call.receiveBinary(userId, message.op, message.body);
    } else this.call.receiveJson(userId, message.op, message.d);
  }

  /** Delivers until no message is under way; `pick` chooses the next queue. Fails instead of running forever. */
  settle(pick: (count: number) => number = () => 0): void {
    for (let n = 0; n < 20_000; n += 1) {
      const lines = this.lines();
      if (lines.length === 0) return;
      lines[pick(lines.length) % lines.length]!();
    }
    expect.fail('messages go round and round');
  }

  /** One group of all present members: equal codes, everybody hears everybody, and the server knows everyone's leaf. */
  expectConverged(version = 1): void {
    const { leaves, epoch, versionInForce } = this.call.snapshot;
    const clients = [...this.seats.values()].map(({ client }) => client);
    expect(versionInForce).toBe(version);
    expect(clients.map((client) => client.version)).toEqual(clients.map(() => version));
    if (clients.length < 2 || version === 0) {
      expect([epoch, leaves]).toEqual([0, []]);
      if (version > 0) expect(clients.map(({ session }) => session!.ready)).toEqual(clients.map(() => false));
      return;
    }
    const codes = new Set(clients.map(({ session }) => session!.voicePrivacyCode));
    expect([...codes]).toEqual([expect.stringMatching(/^\d{30}$/)]);
    expect(clients.map(({ session }) => session!.epoch)).toEqual(clients.map(() => BigInt(epoch)));
    expect(clients.map(({ session, userId }) => leaves[session!.ownLeafIndex!] === userId)).toEqual(clients.map(() => true));
    expect(leaves.filter((leaf) => leaf !== null)).toHaveLength(clients.length);
    for (const speaker of clients) {
      const audio = Uint8Array.of(0xfc, 1, 2, 3, Number(BigInt(speaker.userId) % 251n), 7, 7);
      const frame = speaker.encrypt(audio);
      expect(Buffer.compare(frame, audio)).not.toBe(0);
      for (const listener of clients)
        if (listener !== speaker && Buffer.compare(listener.decrypt(speaker.userId, frame), audio) !== 0)
          expect.fail(`${listener.userId} heard something else from ${speaker.userId}`);
    }
  }
}
