/**
 * Who sent for whom, by the voice server's own account: each voice session that it let in is an owner, known by its SSRC. There were never two
 * at a time if nothing came of one after the first packet of the next.
 */

export class Owners {
  /** By the user: the SSRCs that were let in, in their order, and which of them was heard last. */
  #users = new Map();
  /** SSRC to user, also of those that have ended. */
  #known = new Map();
  #handovers = 0;
  #violations = [];

  /** @param server a loopback voice server, or what tells the same of it: `events$` and `packets$` */
  constructor(server) {
    server.events$.subscribe((event) => this.#event(event));
    server.packets$.subscribe((packet) => this.#packet(packet));
  }

  /** How often another has begun to send, and what was not in order, since the last time. */
  report() {
    const report = { handovers: this.#handovers, violations: this.#violations };
    this.#handovers = 0;
    this.#violations = [];
    return report;
  }

  #event({ type, userId, ssrc }) {
    if (type === 'identify') {
      const user = this.#users.get(userId) ?? { order: [], last: undefined };
      this.#users.set(userId, user);
      if (!user.order.includes(ssrc)) user.order.push(ssrc);
      this.#known.set(ssrc, userId);
    }
    // Taken or not, it was sent by who had no right to any more.
    else if (type === 'bad-datagram' && this.#known.has(ssrc)) this.#violations.push(`user ${this.#known.get(ssrc)}: a datagram of ${ssrc} was not taken`);
  }

  #packet({ userId, ssrc }) {
    const user = this.#users.get(userId);
    const at = user?.order.indexOf(ssrc) ?? -1;
    if (at < 0) return void this.#violations.push(`user ${userId}: a packet of ${ssrc}, who was never let in`);
    if (user.last !== undefined && at < user.last) this.#violations.push(`user ${userId}: a packet of ${ssrc} after one of ${user.order[user.last]}, who came later`);
    if (user.last !== undefined && at > user.last) this.#handovers += 1;
    user.last = Math.max(at, user.last ?? 0);
  }
}
