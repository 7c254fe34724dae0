/** A session without a connection, to test the logic of a bot alone. */
import { Observable, Subject, type SchedulerLike, type Subscriber } from 'rxjs';
import { fields, must, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { VoiceSession } from '../../driver/session/session.js';
import { AlreadyJoinedError } from '../../errors.js';
import { isSnowflake } from '../../protocol/payloads.js';
import { steadyScheduler } from '../../steady-scheduler.js';
import type { EndReason, OpusFrame, Snowflake, SpeakingFlags } from '../../types.js';
import { frameNames } from '../world/deeds.js';
import { VirtualMembers, type VirtualClient, type VirtualSpeech } from '../world/virtual-members.js';
import { VIRTUAL_IDS } from '../world/voice-state.js';
import { RecordingLink } from './recording-link.js';
import { SessionLife, type PlayOverlap, type SessionPlace } from './session-life.js';

/** The scheduler and the ids of the session. */
export interface VirtualSessionOptions {
  /** Default `steadyScheduler`, which is virtual in `TestScheduler.run()`. */
  readonly scheduler?: SchedulerLike;
  /** Default: that of {@link VIRTUAL_IDS}. */
  readonly guildId?: Snowflake;
  /** Default: that of {@link VIRTUAL_IDS}. */
  readonly channelId?: Snowflake;
  /** The bot's own id. Default: that of {@link VIRTUAL_IDS}. */
  readonly userId?: Snowflake;
}

const id = must('a snowflake in digits', isSnowflake);
const checkOptions = fields({
  scheduler: SCHEDULER,
  guildId: id,
  channelId: id,
  userId: id,
} satisfies Readonly<Record<keyof VirtualSessionOptions, Check>>);

/** Shows what a session double does, and controls it. */
export interface VirtualSession {
  /** The session: ready, without other members. After `session$` was unsubscribed, the next one. */
  readonly session: VoiceSession;
  /**
   * Like `connectVoice$`, to pass to `useSession`: emits the session at once, completes when the session is ended, errors when it fails, and leaves
   * on unsubscription. One subscription at a time; each later one has its own session.
   */
  readonly session$: Observable<VoiceSession>;
  /** The sent frames, including silence, when they are sent. */
  readonly frames$: Observable<OpusFrame>;
  /** The same as text: `frame 3` of {@link testFrames}, `silence`, `120 bytes`. Of five silence frames in a row, only the first. */
  readonly heard$: Observable<string>;
  /** The flags that the bot sends with opcode 5. */
  readonly speaking$: Observable<SpeakingFlags>;
  /** `joined` and `left`, when `session$` is subscribed and unsubscribed. */
  readonly membership$: Observable<'joined' | 'left'>;
  /** Plays that began while another one was running. */
  readonly overlaps: readonly PlayOverlap[];
  /** Another member joins, with the flags and platform of its client. */
  join(userId: Snowflake, client?: VirtualClient): void;
  /** Another member leaves, even while it speaks. */
  leave(userId: Snowflake): void;
  /** Another member speaks, and joins first if it is not there: the frames at their own pace with their audio level, then silence. */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, speech?: VirtualSpeech): void;
  /** Changes the connection: `resuming`, audio continues; `reconnecting`, audio is held; `ready` again. */
  become(status: 'ready' | 'resuming' | 'reconnecting'): void;
  /** Moves the bot into the audience of a stage, or out of it. */
  suppress(suppressed: boolean): void;
  /** Ends the session from outside. Default `kicked`. */
  end(reason?: EndReason): void;
  /** Makes the session fail beyond recovery. */
  fail(error: Error): void;
}

/**
 * Makes a test double of a session. It does not imitate a session: it is the library's own session with its clock, its queue and its errors,
 * but without a gateway, a voice server or packets behind it. The join takes no time, so the diagrams of a test begin at 0.
 *
 * @throws VoiceOptionsError for a wrong option
 */
export function virtualSession(options: VirtualSessionOptions = {}): VirtualSession {
  checkOptions('', options);
  return new SessionDouble(options);
}

class SessionDouble implements VirtualSession {
  readonly session$ = new Observable<VoiceSession>((subscriber) => this.#join(subscriber));
  readonly frames$: Observable<OpusFrame>;
  readonly heard$: Observable<string>;
  readonly speaking$: Observable<SpeakingFlags>;
  readonly membership$ = new Subject<'joined' | 'left'>();
  readonly overlaps: PlayOverlap[] = [];
  readonly #place: SessionPlace;
  readonly #link = new RecordingLink();
  readonly #members: VirtualMembers;
  #life: SessionLife;
  /** The subscriber of `session$`. */
  #holder: Subscriber<VoiceSession> | undefined;

  constructor({ scheduler = steadyScheduler, ...where }: VirtualSessionOptions) {
    this.#place = { ...VIRTUAL_IDS, ...where, scheduler };
    this.frames$ = this.#link.frames$.asObservable();
    this.heard$ = this.frames$.pipe(frameNames());
    this.speaking$ = this.#link.speaking$.asObservable();
    this.#members = new VirtualMembers({
      scheduler,
      say: (op, d) => this.#life.hear(op, d),
      send: (packet) => this.#life.receive(packet),
      encrypt: (frame) => frame,
      // There is no bot gateway and no encrypted group to inform.
      place: () => undefined,
      changed: () => undefined,
      speaks: () => undefined,
    });
    this.#life = this.#begin();
  }

  get session(): VoiceSession {
    return this.#life.session;
  }

  join(userId: Snowflake, client?: VirtualClient): void {
    this.#members.join(userId, client);
  }

  leave(userId: Snowflake): void {
    this.#members.leave(userId);
  }

  speak(userId: Snowflake, frames: Iterable<OpusFrame>, speech: VirtualSpeech = {}): void {
    this.#members.speak(userId, frames, speech);
  }

  become(status: 'ready' | 'resuming' | 'reconnecting'): void {
    const life = this.#life;
    life[status]();
    if (status === 'ready') this.#members.announce((op, d) => life.hear(op, d));
  }

  suppress(suppressed: boolean): void {
    this.#life.core.suppressed(suppressed);
  }

  end(reason: EndReason = 'kicked'): void {
    this.#life.core.end(reason);
    this.#holder?.complete();
  }

  fail(error: Error): void {
    this.#life.core.fail(error);
    this.#holder?.error(error);
  }

  #begin(): SessionLife {
    const life = new SessionLife(this.#place, this.#link, (overlap) => this.overlaps.push(overlap));
    life.ready();
    return life;
  }

  #join(subscriber: Subscriber<VoiceSession>): void {
    const { guildId, userId } = this.#place;
    if (this.#holder !== undefined) return subscriber.error(new AlreadyJoinedError(guildId, userId));
    if (this.#life.over) {
      this.#life = this.#begin();
      this.become('ready');
    }
    const life = this.#life;
    this.#holder = subscriber;
    this.membership$.next('joined');
    subscriber.add(() => {
      this.#holder = undefined;
      life.core.end('left');
      this.membership$.next('left');
    });
    subscriber.next(life.session);
    // The session ended before anybody subscribed.
    if (life.over) subscriber.complete();
  }
}
