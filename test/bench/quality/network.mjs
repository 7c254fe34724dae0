/**
 * A network between a session and its voice server, for media only: loses a share of the datagrams of either direction, and delays the
 * rest by half the round trip each way. It records the true values, which the reports are compared with.
 */
import { map, Observable } from 'rxjs';
import { Dice } from '../../storm/random.mjs';

/** Tells RTP and RTCP from keepalives and IP discovery, and RTCP from RTP. RFC 5761 section 4. */
const isMedia = (datagram) => datagram.length > 12 && datagram[0] >> 6 === 2;
const isRtcp = (datagram) => datagram[1] >= 192 && datagram[1] <= 223;

export class Network {
  /** Audio packets sent, and those of them that were lost. */
  sent = 0;
  lost = 0;
  /** One for each server report that arrived: the counts it was made from, and the time that its two datagrams took. */
  truths = [];
  /** Counts of the reports that are in transit. */
  #reported = [];
  /** Counts at the previous report. */
  #before = { expected: 0, packets: 0 };
  /** ms that the last sender report took. */
  #outward = 0;
  #dice;

  /**
   * @param options `{ loss, delay, seed }`: share of lost datagrams, round trip in ms, and seed of the losses
   */
  constructor({ loss, delay, seed }) {
    this.loss = loss;
    this.delay = delay;
    this.#dice = new Dice(seed);
  }

  /** Records a report that the server sends. */
  reported({ expected, packets, jitter }) {
    const due = expected - this.#before.expected;
    const fractionLost = due > 0 ? Math.max(0, due - (packets - this.#before.packets)) / due : 0;
    this.#before = { expected, packets };
    this.#reported.push({ expected, fractionLost, jitter });
  }

  /** Transports with this network in between. */
  around(transports) {
    return { ...transports, udp$: (address) => transports.udp$(address).pipe(map((port) => this.#port(port))) };
  }

  #port(port) {
    return {
      datagrams$: new Observable((subscriber) => port.datagrams$.subscribe((datagram) => this.#inward(datagram, subscriber))),
      send: (datagram) => (isMedia(datagram) ? this.#out(port, datagram) : port.send(datagram)),
    };
  }

  #out(port, datagram) {
    const report = isRtcp(datagram);
    if (!report) this.sent += 1;
    if (this.#dice.chance(this.loss)) {
      if (!report) this.lost += 1;
      return;
    }
    const at = performance.now();
    setTimeout(() => {
      if (report) this.#outward = performance.now() - at;
      port.send(datagram);
    }, this.delay / 2);
  }

  #inward(datagram, subscriber) {
    if (!isMedia(datagram)) return subscriber.next(datagram);
    const account = this.#reported.shift();
    if (this.#dice.chance(this.loss)) return;
    const [at, outward] = [performance.now(), this.#outward];
    setTimeout(() => {
      this.truths.push({ ...account, roundTrip: outward + (performance.now() - at) });
      subscriber.next(datagram);
    }, this.delay / 2);
  }
}
