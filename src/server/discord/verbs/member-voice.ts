/** The voice of a simulated member: a real session, over real sockets. */
import { filter, firstValueFrom, Subscription, throwIfEmpty, type Observable } from 'rxjs';
import { connectVoice$ } from '../../../connect.js';
import type { VoiceSession } from '../../../driver/session/session.js';
import type { FrameInput } from '../../../media/send/play-options.js';
import type { Snowflake, VoicePacket } from '../../../types.js';
import { memberError } from '../plain/member-error.js';
import type { MemberRecord } from '../world/records.js';
import type { VerbParts } from './parts.js';

/** Has one session at a time. */
export class MemberVoice {
  #session: VoiceSession | undefined;
  #held = Subscription.EMPTY;

  constructor(
    private readonly parts: VerbParts,
    private readonly member: MemberRecord,
  ) {}

  async join(channelId: Snowflake): Promise<void> {
    const { user, guildId } = this.member;
    const why = this.parts.voice.whyUnanswered(user.id, guildId, channelId);
    if (why !== undefined) throw memberError('may-not', `${user.username} cannot join: ${why}`);
    this.leave();
    const { voice, transports, settings } = this.parts;
    const encrypted = (settings.voice.daveVersion ?? 0) > 0;
    const session$ = connectVoice$(
      voice.server.gateway(user.id),
      { guildId, channelId, userId: user.id },
      { transports, ...(encrypted ? {} : { dave: false }) },
    );
    await new Promise<void>((resolve, reject) => {
      this.#held = session$.subscribe({
        next: (session) => {
          this.#session = session;
          resolve();
        },
        error: (error: unknown) => {
          this.#session = undefined;
          reject(error as Error);
        },
        complete: () => {
          this.#session = undefined;
          reject(memberError('outside', `${user.username} was thrown out before the session was ready`));
        },
      });
      this.#held.add(() => reject(memberError('outside', `${user.username} has left before the session was ready`)));
    });
  }

  leave(): void {
    this.#session = undefined;
    this.#held.unsubscribe();
  }

  async speak(frames: FrameInput): Promise<void> {
    const lost = (): Error => memberError('outside', `${this.member.user.username} has left before all was said`);
    const play$ = this.#present().play(frames);
    await firstValueFrom(play$.pipe(filter(({ type }) => type === 'finished'), throwIfEmpty(lost))); // prettier-ignore
  }

  hear(userId: Snowflake | undefined): Observable<VoicePacket> {
    return userId === undefined ? this.#present().receive() : this.#present().receive(userId);
  }

  #present(): VoiceSession {
    if (this.#session === undefined) throw memberError('outside', `${this.member.user.username} is in no voice channel: join() first`);
    return this.#session;
  }
}
