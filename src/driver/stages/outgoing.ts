/**
 * The sending state of one secret key: the single seal that counts its nonces, and the RTP numbers of each SSRC. It is looked up by the key and
 * shared by all senders: two songs in a row, sent by two operators, are one RTP stream, and a second seal with the same key would use the nonces of
 * the first again.
 */
import { map, type Observable } from 'rxjs';
import { randomBytes } from '../../crypto/random.js';
import { createSeal, type Seal } from '../../crypto/seal.js';
import { Sender, type DatagramSink } from '../../media/send/sender.js';
import { Traffic } from '../../media/traffic.js';
import { mode$, type CipherSource, type MediaDescription } from './description.js';

/** By key, for as long as the key is referenced. */
const all = new WeakMap<Uint8Array, Outgoing>();

/** The outgoing half of a description. Emits once and completes, when the cipher is loaded. */
export function outgoing$(description: MediaDescription, e2ee: CipherSource, random = randomBytes): Observable<Outgoing> {
  const { secretKey } = description;
  return mode$(description, e2ee).pipe(
    map((mode) => {
      let outgoing = all.get(secretKey);
      if (outgoing === undefined) all.set(secretKey, (outgoing = new Outgoing(createSeal(mode, secretKey, { random }), random)));
      return outgoing;
    }),
  );
}

export class Outgoing {
  readonly seal: Seal;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #senders = new Map<number, Sender>();
  #port: DatagramSink | undefined;

  constructor(seal: Seal, random: (bytes: number) => Uint8Array) {
    this.seal = seal;
    this.#random = random;
  }

  /** The sender of an SSRC. It sends through the port that was passed last. */
  sender(ssrc: number, port: DatagramSink): Sender {
    this.#port = port;
    let sender = this.#senders.get(ssrc);
    if (sender === undefined) {
      const out = { send: (datagram: Uint8Array) => this.#port?.send(datagram) };
      // Nobody is subscribed to the traffic, so the time is never read.
      sender = new Sender({ ssrc, seal: this.seal, random: this.#random, port: out, traffic: new Traffic(), time: { now: () => 0 } });
      this.#senders.set(ssrc, sender);
    }
    return sender;
  }
}
