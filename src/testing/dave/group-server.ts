/** The delivery service of a virtual call: adds bots to the group, and starts new epochs. */
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';
import { encodeFakeEpoch } from './fake-dave.js';
import { fakeDecrypt, fakeEncrypt, fakeEpoch } from './fake-frame.js';

/** A bot in the call. */
export interface GroupSeat {
  readonly bot: { readonly userId: Snowflake };
  sayBinary(op: number, body: Uint8Array, seq: number): void;
}

/** The content of opcode 25. Nobody checks a signature here. */
const EXTERNAL_SENDER = Uint8Array.of(1);
/** Transition 0 takes effect at once. */
const AT_ONCE = [0, 0] as const;

/** A bot is `arrived` until its key package comes, `waiting` until its Welcome, and `inside` from then on. */
type Standing = 'arrived' | 'waiting' | 'inside';

export class FakeGroupServer {
  readonly #members: () => readonly Snowflake[];
  readonly #bots = new Map<GroupSeat, Standing>();
  #epoch = 0;
  #seq = 0;

  /** @param members the other users in the call, without the bots */
  constructor(members: () => readonly Snowflake[]) {
    this.#members = members;
  }

  /** The bot was sent Session Description: its key package may follow at once. */
  arrive(bot: GroupSeat): void {
    this.#bots.set(bot, 'arrived');
    this.#say(bot, VoiceOp.MlsExternalSender, EXTERNAL_SENDER);
  }

  keyPackage(bot: GroupSeat): void {
    this.#bots.set(bot, 'waiting');
    this.#renew();
  }

  depart(bot: GroupSeat): void {
    if (this.#bots.delete(bot)) this.#renew();
  }

  /** A member came or went. */
  changed(): void {
    this.#renew();
  }

  encrypt(frame: Uint8Array): Uint8Array {
    return fakeEncrypt(this.#epoch, frame);
  }

  /** A frame of a bot, decrypted, and its epoch. */
  open(payload: Uint8Array): { readonly payload: Uint8Array; readonly epoch: number | null } {
    const epoch = fakeEpoch(payload);
    return epoch === null ? { payload, epoch } : { payload: fakeDecrypt(payload), epoch };
  }

  /** Starts a new epoch for everybody who can be in the group. A group is not founded with only one member. */
  #renew(): void {
    const bots = [...this.#bots].filter(([, standing]) => standing !== 'arrived');
    const members = [...this.#members(), ...bots.map(([seat]) => seat.bot.userId)];
    const begun = bots.some(([, standing]) => standing === 'inside');
    if (bots.length === 0 || (members.length < 2 && !begun)) return;
    this.#epoch += 1;
    const message = Uint8Array.of(...AT_ONCE, ...encodeFakeEpoch({ epoch: this.#epoch, members }));
    for (const [seat, standing] of bots) {
      this.#bots.set(seat, 'inside');
      this.#say(seat, standing === 'inside' ? VoiceOp.MlsAnnounceCommit : VoiceOp.MlsWelcome, message);
    }
  }

  #say(bot: GroupSeat, op: number, body: Uint8Array): void {
    this.#seq += 1;
    bot.sayBinary(op, body, this.#seq & 0xffff);
  }
}
