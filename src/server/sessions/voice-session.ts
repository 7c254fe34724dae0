/** A voice session: what survives the loss of its WebSocket. */
import { Subscription } from 'rxjs';
import type { Seal } from '../../crypto/seal.js';
import { CloseCode } from '../../protocol/close-codes.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import { encodeClientBinary, encodeJsonFrame } from '../../protocol/frames.js';
import { BUFFERED_RESUME_VERSION } from '../../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../../types.js';
import type { Call, CallMember } from './call.js';
import type { ControlLink } from './control-link.js';
import type { Membership } from './directory.js';
import { isNumbered } from './opcodes.js';
import type { Region } from './region.js';
import type { ReplayBuffer } from './replay-buffer.js';

/** Plain state, and how messages get to its client: what it means is the affair of those who read and write it. */
export class VoiceSession implements CallMember {
  readonly userId: Snowflake;
  readonly guildId: Snowflake;
  /** The channel at Identify; a move ends the session. */
  readonly channelId: Snowflake;
  readonly sessionId: string;
  /** The token it identified with. A secret. */
  readonly token: string;

  /** Undefined while the socket is lost and the session waits to be resumed. */
  link: ControlLink | undefined;
  /** Undefined until the session was announced to the others. */
  call: Call<VoiceSession> | undefined;
  /** The highest DAVE version its client speaks; 0 for none. */
  maxDaveVersion = 0;
  /** Undefined until Select Protocol. */
  seal: Seal | undefined;
  /** Whether the seal leaves CSRC list and extension preamble in the clear. */
  rtpSize = false;
  /** Where it discovered itself; audio from elsewhere is foreign. */
  source: DiscoveredAddress | undefined;
  /** Where it wants its packets: what Select Protocol said, true or not, as at Discord. */
  target: DiscoveredAddress | undefined;
  /** The last Speaking; undefined before the first, without which there is no audio. 0 counts: Dysnomia says no more. */
  speaking: SpeakingFlags | undefined;
  /** What a resume across a gap in the replays is refused with. */
  gapCode: number = CloseCode.SessionInvalid;
  /** Whether the session is over. */
  ended = false;
  /** Its timers: the resume window, the grace of the first Speaking. */
  resumeTimer = Subscription.EMPTY;
  graceTimer = Subscription.EMPTY;

  constructor(
    readonly membership: Membership,
    readonly ssrc: number,
    readonly replay: ReplayBuffer,
    readonly region: Region,
  ) {
    this.userId = membership.userId;
    this.guildId = membership.guildId;
    this.channelId = membership.channelId;
    this.sessionId = membership.sessionId;
    this.token = membership.token;
  }

  /** Sends a JSON message; a numbered one is also kept for a resume, whether or not there is a socket now. */
  send(op: number, d: unknown): void {
    if (!isNumbered(op)) {
      this.link?.send(encodeJsonFrame(op, d));
      return;
    }
    const numbered = this.replay.push(op, d);
    if (this.link === undefined) return;
    this.link.send(this.link.version >= BUFFERED_RESUME_VERSION ? numbered : encodeJsonFrame(op, d));
  }

  /** Sends a binary message: DAVE's, always numbered, and kept for a resume. Before version 8 it goes out without the number. */
  sendBinary(op: number, body: Uint8Array): void {
    const numbered = this.replay.pushBinary(op, body);
    if (this.link === undefined) return;
    this.link.send(this.link.version >= BUFFERED_RESUME_VERSION ? numbered : encodeClientBinary(op, body));
  }

  /** Both of them; for the end of the session. */
  stopTimers(): void {
    this.resumeTimer.unsubscribe();
    this.graceTimer.unsubscribe();
  }
}
