/** One receiver for one subscription, of which a stage takes what it is about. */
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

/** Whose SSRC is whose, and when that changes: the `CallRoster` that `roster$` emits is one. */
export interface OwnerSource {
  /** Whose SSRC it is; null while nobody has said. */
  userOf(ssrc: number): Snowflake | null;
  /** SSRCs, each as somebody turns out to be its owner. */
  readonly claimed$: Observable<number>;
}

/** What of the session around it a stage that receives may be given. */
export interface ReceivingOptions {
  /** Who sends under which SSRC: what `roster$` emits. Default: nobody says, and packets have no user. */
  readonly roster?: OwnerSource;
  /** The end-to-end encryption: what `dave$` emits. Default none; a call that has it is then refused. */
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

/** Who listens, and to what. */
export type Listening = Pick<ReceiverOptions, 'packets' | 'rtcp$'>;

/** Nobody will say whose an SSRC is: packets do not wait for it. */
const NO_OWNERS = { userOf: () => null, claimed$: EMPTY, anonymous: true };

/** Gives each datagram to a receiver, of which `listening` takes what the stage emits. */
export function receiving$<T>(
  datagrams$: Observable<Uint8Array>,
  description: MediaDescription,
  { roster = NO_OWNERS, dave = NO_CIPHER, scheduler = steadyScheduler }: ReceivingOptions,
  listening: (subscriber: Subscriber<T>) => Listening,
): Observable<T> {
  const received$ = (mode: EncryptionMode): Observable<T> =>
    new Observable((subscriber) => {
      // It only opens, by the nonces of the packets: there is nothing to be random about.
      const seal = createSeal(mode, description.secretKey, { random: (bytes) => new Uint8Array(bytes) });
      const about = { seal, roster, e2ee: dave, reception: new Reception(), traffic: new Traffic() };
      const receiver = new Receiver({ ...about, ...listening(subscriber), time: stageTime(scheduler, subscriber) });
      subscriber.add(() => receiver.close());
      subscriber.add(roster.claimed$.subscribe((ssrc) => receiver.claimed(ssrc)));
      subscriber.add(dave.changed$?.subscribe(() => receiver.retry()));
      subscriber.add(
        // A source that gives everything at once must be stopped before there is a subscription to unsubscribe.
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
