/** The call of one guild: its members and its bots. */
import { FakeGroupServer, type GroupSeat } from '../dave/group-server.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';
import type { MemberPacket } from './member-packet.js';
import type { OwnEvent } from './journal.js';
import type { VirtualPacket } from './packet-reader.js';
import { VirtualMembers } from './virtual-members.js';
import { VIRTUAL_IDS, voiceState } from './voice-state.js';
import type { World } from './world.js';

/** A bot in the guild. */
export interface CallSeat extends GroupSeat {
  /** Its channel; null if it is in none. */
  readonly present: Snowflake | null;
  readonly bot: { readonly userId: Snowflake; hear(t: string, d: Readonly<Record<string, unknown>>): void };
  /** Sends by its voice WebSocket. */
  say(op: number, d: unknown): void;
  /** Sends by UDP. */
  deliver(packet: MemberPacket): void;
  note(event: OwnEvent): void;
}

export class GuildCall {
  readonly members: VirtualMembers;
  readonly #guildId: Snowflake;
  readonly #seats = new Set<CallSeat>();
  readonly #group: FakeGroupServer | undefined;

  constructor(world: World, guildId: Snowflake) {
    this.#guildId = guildId;
    this.#group = world.dave ? new FakeGroupServer(() => this.members.users) : undefined;
    this.members = new VirtualMembers({
      scheduler: world.scheduler,
      say: (op, d) => this.#each((seat) => seat.say(op, d)),
      send: (packet) => this.#each((seat) => seat.deliver(packet)),
      encrypt: (frame) => this.#group?.encrypt(frame) ?? frame,
      place: (userId, inside) => this.#place(userId, inside),
      changed: () => this.#group?.changed(),
      speaks: (userId) => this.#each((seat) => seat.note({ type: 'speech', memberId: userId })),
    });
  }

  seat(seat: CallSeat): void {
    this.#seats.add(seat);
  }

  /** The other bots in the channel of this one. */
  beside(seat: CallSeat): CallSeat[] {
    return [...this.#seats].filter((other) => other !== seat && other.present !== null && other.present === seat.present);
  }

  /** A bot's media connection is ready: it is told who is there, and the others are told of it. */
  arrive(seat: CallSeat): void {
    this.members.announce((op, d) => seat.say(op, d));
    const others = this.beside(seat);
    if (others.length > 0) seat.say(VoiceOp.ClientsConnect, { user_ids: others.map(({ bot }) => bot.userId) });
    for (const other of others) other.say(VoiceOp.ClientsConnect, { user_ids: [seat.bot.userId] });
    this.#group?.arrive(seat);
  }

  /** A bot is about to leave the call. */
  depart(seat: CallSeat): void {
    for (const other of this.beside(seat)) other.say(VoiceOp.ClientDisconnect, { user_id: seat.bot.userId });
    this.#group?.depart(seat);
  }

  /** The bot's key package came: it can be added to the group. */
  keyPackage(seat: CallSeat): void {
    this.#group?.keyPackage(seat);
  }

  /** A bot's packet, without its end-to-end encryption. */
  opened(packet: VirtualPacket): VirtualPacket {
    return this.#group === undefined ? packet : { ...packet, ...this.#group.open(packet.payload) };
  }

  #place(userId: Snowflake, inside: boolean): void {
    const channelId = [...this.#seats].find(({ present }) => present !== null)?.present ?? VIRTUAL_IDS.channelId;
    const state = voiceState(this.#guildId, inside ? channelId : null, `session of ${userId}`, userId);
    for (const seat of this.#seats) {
      seat.note({ type: 'member', memberId: userId, inside });
      seat.bot.hear('VOICE_STATE_UPDATE', state);
    }
  }

  #each(act: (seat: CallSeat) => void): void {
    for (const seat of this.#seats) act(seat);
  }
}
