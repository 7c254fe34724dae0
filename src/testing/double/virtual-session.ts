/** A session without a connection, for the logic of a bot alone. */
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

/** Where the session is, and as whom. */
export interface VirtualSessionOptions {
  /** Default `steadyScheduler`, which is virtual in `TestScheduler.run()`. */
  readonly scheduler?: SchedulerLike;
  /** Default that of {@link VIRTUAL_IDS}, as are the others. */
  readonly guildId?: Snowflake;
  /** Default that of {@link VIRTUAL_IDS}. */
  readonly channelId?: Snowflake;
  /** The bot's own. Default that of {@link VIRTUAL_IDS}. */
  readonly userId?: Snowflake;
}

const id = must('a snowflake in digits', isSnowflake);
const checkOptions = fields({
  scheduler: SCHEDULER,
  guildId: id,
  channelId: id,
  userId: id,
} satisfies Readonly<Record<keyof VirtualSessionOptions, Check>>);

/** What can be seen of a session double, and done to it. */
export interface VirtualSession {
  /** The session: ready, and nobody else is there. After `session$` was left, the next one. */
  readonly session: VoiceSession;
  /**
   * As `connectVoice$` has it, for what is behind a `useSession`: emits the session at once, completes when somebody ends it, errors when
   * it fails, and unsubscribing leaves. One subscription at a time; each later one has a session of its own.
   */
  readonly session$: Observable<VoiceSession>;
  /** What is sent, as it is sent; silence too. */
  readonly frames$: Observable<OpusFrame>;
  /** The same in words: `frame 3` of {@link testFrames}, `silence`, `120 bytes`. Of five frames of silence in a row, the first. */
  readonly heard$: Observable<string>;
  /** What opcode 5 says of the bot. */
  readonly speaking$: Observable<SpeakingFlags>;
  /** `joined` and `left`, as `session$` is subscribed to and let go of. */
  readonly membership$: Observable<'joined' | 'left'>;
  /** Plays that were begun while another was under way. */
  readonly overlaps: readonly PlayOverlap[];
  /** Another member comes, with a client that allows and runs on this. */
  join(userId: Snowflake, client?: VirtualClient): void;
  /** Another member goes, in the midst of a word if he speaks. */
  leave(userId: Snowflake): void;
  /** Another member speaks, and comes first if he is not there: the frames at their pace with their audio level, then silence. */
  speak(userId: Snowflake, frames: Iterable<OpusFrame>, speech?: VirtualSpeech): void;
  /** The connection becomes this: `resuming`, and audio goes on; `reconnecting`, and it is held; `ready` again. */
  become(status: 'ready' | 'resuming' | 'reconnecting'): void;
  /** The bot is in the audience of a stage, or no more. */
  suppress(suppressed: boolean): void;
  /** Somebody ends the session. Default `kicked`. */
  end(reason?: EndReason): void;
  /** The session fails beyond recovery. */
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
  /** Who holds the session. */
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
      // What a bot gateway tells, and an encrypted group: there is neither.
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
    // Ended before anybody came for it.
    if (life.over) subscriber.complete();
  }
}
