/** The other members of a virtual call: they join, leave and speak. */
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import { InvalidFrameError } from '../../errors.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { isSilenceFrame, SAMPLES_PER_MS, SILENCE_FRAME, SILENCE_FRAMES } from '../../protocol/silence.js';
import { uint16Add } from '../../protocol/wrap.js';
import { SpeakingFlags, type OpusFrame, type Snowflake } from '../../types.js';
import type { MemberPacket } from './member-packet.js';

/** How loud somebody speaks. */
export interface VirtualSpeech {
  /** The audio level of the packets in -dBov, from 0 (loudest) to 127 (silence). Default 30. */
  readonly level?: number;
}

/** The effects of the members on their call. */
export interface MembersHost {
  readonly scheduler: SchedulerLike;
  /** Sends to all bots of the call. */
  readonly say: (op: number, d: unknown) => void;
  /** Sends a packet to all bots of the call. */
  readonly send: (packet: MemberPacket) => void;
  /** Encrypts end to end, if the call is encrypted. */
  readonly encrypt: (frame: OpusFrame) => OpusFrame;
  /** Tells the bot gateway whether a member is in the channel. */
  readonly place: (userId: Snowflake, inside: boolean) => void;
  /** Called after everybody was told of a join or leave. */
  readonly changed: () => void;
  /** Called when a member begins to speak. */
  readonly speaks: (userId: Snowflake) => void;
}

/** The flags and the platform of a member's client, for opcodes 18 and 20. Missing fields are not sent. */
export interface VirtualClient {
  /** A combination of `ClientFlags` bits. */
  readonly flags?: number;
  /** One of `ClientPlatform`. */
  readonly platform?: number;
}

interface Member {
  readonly client: VirtualClient;
  readonly ssrc: number;
  readonly spurts: { readonly frames: Iterator<OpusFrame>; readonly level: number }[];
  sequence: number;
  /** How many frames were spoken; used in errors. */
  spoken: number;
  /** Silence frames that are still to be sent after the last frame. */
  silence: number;
  /** Closed while the member does not speak. */
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

  /** The members, in order of arrival. */
  get users(): readonly Snowflake[] {
    return [...this.#members.keys()];
  }

  join(userId: Snowflake, client: VirtualClient = {}): void {
    if (this.#members.has(userId)) return;
    this.#members.set(userId, { client, ssrc: this.#ssrc, spurts: [], sequence: 0, spoken: 0, silence: 0, talk: Subscription.EMPTY });
    this.#ssrc += 1;
    this.#host.place(userId, true);
    this.#host.say(VoiceOp.ClientsConnect, { user_ids: [userId] });
    sayClient(userId, client, this.#host.say);
    this.#host.changed();
  }

  leave(userId: Snowflake): void {
    const member = this.#members.get(userId);
    if (member === undefined) return;
    member.talk.unsubscribe();
    this.#members.delete(userId);
    this.#host.place(userId, false);
    this.#host.say(VoiceOp.ClientDisconnect, { user_id: userId });
    this.#host.changed();
  }

  /** Speaks the frames at their own pace, then silence, as every client does. Further speech follows after it. */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, { level = 30 }: VirtualSpeech): void {
    this.join(userId);
    const member = this.#members.get(userId)!;
    member.spurts.push({ frames: frames[Symbol.iterator](), level });
    member.silence = SILENCE_FRAMES;
    if (!member.talk.closed) return;
    this.#host.speaks(userId);
    this.#speaking(userId, member, SpeakingFlags.Microphone);
    this.#next(userId, member);
  }

  /** What a server tells a new client: who is there, with which client, and who speaks. */
  announce(say: MembersHost['say']): void {
    if (this.#members.size === 0) return;
    say(VoiceOp.ClientsConnect, { user_ids: this.users });
    for (const [userId, { client }] of this.#members) sayClient(userId, client, say);
    for (const [userId, member] of this.#members) if (!member.talk.closed) this.#speaking(userId, member, SpeakingFlags.Microphone, say);
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
    const { ssrc, sequence } = member;
    member.sequence = uint16Add(sequence, 1);
    const timestamp = Math.round(this.#host.scheduler.now() * SAMPLES_PER_MS) >>> 0;
    const silent = isSilenceFrame(frame);
    const audioLevel = silent ? { voice: false, level: NO_SOUND } : { voice: true, level };
    this.#host.send({ ssrc, sequence, timestamp, audioLevel, frame: silent ? frame : this.#host.encrypt(frame) });
  }

  #speaking(userId: Snowflake, { ssrc }: Member, speaking: SpeakingFlags, say = this.#host.say): void {
    say(VoiceOp.Speaking, { user_id: userId, ssrc, speaking });
  }
}

function sayClient(userId: Snowflake, { flags, platform }: VirtualClient, say: MembersHost['say']): void {
  if (flags !== undefined) say(VoiceOp.ClientFlags, { user_id: userId, flags });
  if (platform !== undefined) say(VoiceOp.ClientPlatform, { user_id: userId, platform });
}

/** The next frame of speech, or of the silence after it. */
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
