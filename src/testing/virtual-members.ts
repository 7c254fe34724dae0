/** The other members of a virtual call: they come, they go, and they speak. */
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import type { Seal } from '../crypto/seal.js';
import { InvalidFrameError } from '../errors.js';
import { VoiceOp } from '../protocol/opcodes.js';
import { opusPacketSamples } from '../protocol/opus-packet.js';
import { isSilenceFrame, SAMPLES_PER_MS, SILENCE_FRAME, SILENCE_FRAMES } from '../protocol/silence.js';
import { uint16Add } from '../protocol/wrap.js';
import { SpeakingFlags, type OpusFrame, type Snowflake } from '../types.js';
import { memberPacket } from './member-packet.js';

/** How loud somebody speaks. */
export interface VirtualSpeech {
  /** -dBov, 0 (as loud as can be) to 127 (silence), in the packets' audio level. Default 30. */
  readonly level?: number;
}

/** What the members do it to. */
export interface MembersHost {
  readonly scheduler: SchedulerLike;
  /** The seal of the media session; undefined while there is none, and so nobody to hear them. */
  readonly seal: () => Seal | undefined;
  readonly say: (op: number, d: unknown) => void;
  readonly deliver: (datagram: Uint8Array) => void;
  /** Tells the bot gateway where a member is; null for out of the channel. */
  readonly place: (userId: Snowflake, present: boolean) => void;
}

interface Member {
  readonly ssrc: number;
  readonly spurts: { readonly frames: Iterator<OpusFrame>; readonly level: number }[];
  sequence: number;
  /** How many frames were spoken, for an error. */
  spoken: number;
  /** Frames of silence that are still to come, after the last of sound. */
  silence: number;
  /** Closed while the member is quiet. */
  talk: Subscription;
}

const FIRST_SSRC = 2001;
const NO_SOUND = 127;

export class VirtualMembers {
  readonly #host: MembersHost;
  readonly #members = new Map<Snowflake, Member>();
  #ssrc = FIRST_SSRC;

  constructor(host: MembersHost) {
    this.#host = host;
  }

  join(userId: Snowflake): void {
    if (this.#members.has(userId)) return;
    this.#members.set(userId, { ssrc: this.#ssrc, spurts: [], sequence: 0, spoken: 0, silence: 0, talk: Subscription.EMPTY });
    this.#ssrc += 1;
    this.#host.place(userId, true);
    this.#host.say(VoiceOp.ClientsConnect, { user_ids: [userId] });
  }

  leave(userId: Snowflake): void {
    const member = this.#members.get(userId);
    if (member === undefined) return;
    member.talk.unsubscribe();
    this.#members.delete(userId);
    this.#host.place(userId, false);
    this.#host.say(VoiceOp.ClientDisconnect, { user_id: userId });
  }

  /** One after the other, at their pace; then silence, as every client does. What is spoken meanwhile follows. */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, { level = 30 }: VirtualSpeech): void {
    this.join(userId);
    const member = this.#members.get(userId)!;
    member.spurts.push({ frames: frames[Symbol.iterator](), level });
    member.silence = SILENCE_FRAMES;
    if (!member.talk.closed) return;
    this.#speaking(userId, member, SpeakingFlags.Microphone);
    this.#next(userId, member);
  }

  /** What a server tells a client that has come: who is there, and who speaks. */
  announce(): void {
    if (this.#members.size === 0) return;
    this.#host.say(VoiceOp.ClientsConnect, { user_ids: [...this.#members.keys()] });
    for (const [userId, member] of this.#members) if (!member.talk.closed) this.#speaking(userId, member, SpeakingFlags.Microphone);
  }

  #next(userId: Snowflake, member: Member): void {
    const { frame, level } = nextFrame(member);
    const samples = opusPacketSamples(frame);
    if (typeof samples === 'string') throw new InvalidFrameError(member.spoken - 1, samples);
    this.#send(member, frame, level);
    const done = member.spurts.length === 0 && member.silence === 0;
    if (done) this.#speaking(userId, member, SpeakingFlags.None);
    else member.talk = timer(samples / SAMPLES_PER_MS, this.#host.scheduler).subscribe(() => this.#next(userId, member));
  }

  #send(member: Member, frame: OpusFrame, level: number): void {
    const seal = this.#host.seal();
    const { ssrc, sequence } = member;
    member.sequence = uint16Add(sequence, 1);
    if (seal === undefined) return;
    const timestamp = Math.round(this.#host.scheduler.now() * SAMPLES_PER_MS) >>> 0;
    const audioLevel = isSilenceFrame(frame) ? { voice: false, level: NO_SOUND } : { voice: true, level };
    this.#host.deliver(memberPacket(seal, { ssrc, sequence, timestamp, audioLevel, frame }));
  }

  #speaking(userId: Snowflake, { ssrc }: Member, speaking: SpeakingFlags): void {
    this.#host.say(VoiceOp.Speaking, { user_id: userId, ssrc, speaking });
  }
}

/** The next frame of what is to be spoken, or of the silence after it. */
function nextFrame(member: Member): { frame: OpusFrame; level: number } {
  for (let spurt = member.spurts[0]; spurt !== undefined; spurt = member.spurts[0]) {
    const { done, value } = spurt.frames.next();
    if (done !== true) {
      member.spoken += 1;
      return { frame: value, level: spurt.level };
    }
    member.spurts.shift();
  }
  member.silence -= 1;
  return { frame: SILENCE_FRAME, level: NO_SOUND };
}
