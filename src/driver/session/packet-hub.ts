/** Delivers received packets to listeners: to all packets, or to those of one user. One Map look-up per packet, whatever the number of listeners. */
import { Observable, Subject } from 'rxjs';
import type { Snowflake, VoicePacket } from '../../types.js';

export class PacketHub {
  readonly #all = new Subject<VoicePacket>();
  /** Created for the first listener to a single user. */
  #byUser: Map<Snowflake, Subject<VoicePacket>> | undefined;

  /** Whether anybody listens to this user; for null, whether anybody listens at all. Packets without a listener need not be decrypted. */
  listensTo(userId: Snowflake | null): boolean {
    return this.#all.observed || (this.#byUser !== undefined && (userId === null ? this.#byUser.size > 0 : this.#byUser.has(userId)));
  }

  next(packet: VoicePacket): void {
    this.#all.next(packet);
    if (packet.userId !== null) this.#byUser?.get(packet.userId)?.next(packet);
  }

  of(userId: Snowflake | undefined): Observable<VoicePacket> {
    return userId === undefined ? this.#all.asObservable() : this.#ofUser(userId);
  }

  complete(): void {
    this.#all.complete();
    for (const subject of this.#byUser?.values() ?? []) subject.complete();
    this.#byUser = undefined;
  }

  #ofUser(userId: Snowflake): Observable<VoicePacket> {
    return new Observable((subscriber) => {
      const byUser = (this.#byUser ??= new Map<Snowflake, Subject<VoicePacket>>());
      let subject = byUser.get(userId);
      if (subject === undefined) byUser.set(userId, (subject = new Subject()));
      const subscription = subject.subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        if (!subject.observed && byUser.get(userId) === subject) byUser.delete(userId);
      };
    });
  }
}
