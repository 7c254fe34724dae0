/** One receiver per subscription; each stage takes the part that it needs. */
import { EMPTY, Observable, switchMap, takeWhile, type SchedulerLike, type Subscriber } from 'rxjs';
import { having, type Check } from '../../checks/check.js';
import { OBSERVABLE, SCHEDULER } from '../../checks/common.js';
import { createSeal } from '../../crypto/seal.js';
import { Receiver, type ReceiverOptions } from '../../media/receive/receiver.js';
import { Reception } from '../../media/receive/reception.js';
import { Traffic } from '../../media/traffic.js';
import type { EncryptionMode } from '../../protocol/encryption-modes.js';
import type { Snowflake } from '../../types.js';
import { CIPHER_SOURCE, mode$, NO_CIPHER, type CipherSource, type MediaDescription } from './description.js';
import { stageTime } from './stage-time.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** The owner of each SSRC, and when that changes: the `CallRoster` that `roster$` emits is one. */
export interface OwnerSource {
  /** The owner of an SSRC; null while it is unknown. */
  userOf(ssrc: number): Snowflake | null;
  /** Each SSRC when its owner becomes known. */
  readonly claimed$: Observable<number>;
}

/** Options of the receiving stages: what a session would provide. */
export interface ReceivingOptions {
  /** The owner of each SSRC: what `roster$` emits. Default: unknown, and packets have no user. */
  readonly roster?: OwnerSource;
  /** The end-to-end encryption: what `dave$` emits. Default none; an encrypted call is then refused. */
  readonly dave?: CipherSource & { readonly changed$?: Observable<unknown> };
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The checks of {@link ReceivingOptions}. */
export const RECEIVING_CHECKS: { readonly [Name in keyof Required<ReceivingOptions>]: Check } = {
  roster: (name, value) => {
    having(['userOf'], 'what roster$ emits')(name, value);
    OBSERVABLE(`${name}.claimed$`, (value as OwnerSource).claimed$);
  },
  dave: CIPHER_SOURCE,
  scheduler: SCHEDULER,
};

/** The listeners to packets and RTCP. */
export type Listening = Pick<ReceiverOptions, 'packets' | 'rtcp$'>;

/** The owner of an SSRC will never be known, so packets do not wait for it. */
const NO_OWNERS = { userOf: () => null, claimed$: EMPTY, anonymous: true };

/** Passes each datagram to a receiver; `listening` selects what the stage emits. */
export function receiving$<T>(
  datagrams$: Observable<Uint8Array>,
  description: MediaDescription,
  { roster = NO_OWNERS, dave = NO_CIPHER, scheduler = steadyScheduler }: ReceivingOptions,
  listening: (subscriber: Subscriber<T>) => Listening,
): Observable<T> {
  const received$ = (mode: EncryptionMode): Observable<T> =>
    new Observable((subscriber) => {
      // This seal only decrypts, with the nonces of the packets, and needs no random bytes.
      const seal = createSeal(mode, description.secretKey, { random: (bytes) => new Uint8Array(bytes) });
      const about = { seal, roster, e2ee: dave, reception: new Reception(), traffic: new Traffic() };
      const receiver = new Receiver({ ...about, ...listening(subscriber), time: stageTime(scheduler, subscriber) });
      subscriber.add(() => receiver.close());
      subscriber.add(roster.claimed$.subscribe((ssrc) => receiver.claimed(ssrc)));
      subscriber.add(dave.changed$?.subscribe(() => receiver.retry()));
      subscriber.add(
        // A synchronous source must be stopped before there is a subscription to unsubscribe.
        datagrams$.pipe(takeWhile(() => !subscriber.closed)).subscribe({
          next: (datagram) => receiver.receive(datagram, scheduler.now()),
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
  return mode$(description, dave).pipe(switchMap(received$));
}

/** What is not listened to is not decrypted. */
export const NO_PACKETS: Listening['packets'] = { listensTo: () => false, next: () => undefined };
/** What is not listened to is not decrypted. */
export const NO_RTCP: Listening['rtcp$'] = { observed: false, next: () => undefined };
