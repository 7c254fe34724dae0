/** A voice session: the state that survives the loss of its WebSocket. */
import { Subscription } from 'rxjs';
import type { Seal } from '../../crypto/seal.js';
import { CloseCode } from '../../protocol/close-codes.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import { encodeClientBinary, encodeJsonFrame } from '../../protocol/frames.js';
import { BUFFERED_RESUME_VERSION } from '../../protocol/opcodes.js';
import type { Snowflake, SpeakingFlags } from '../../types.js';
import type { ClientTraits } from '../options.js';
import type { Call, CallMember } from './call.js';
import type { ControlLink } from './control-link.js';
import type { Membership } from './directory.js';
import { isNumbered } from './opcodes.js';
import type { Region } from './region.js';
import type { ReplayBuffer } from './replay-buffer.js';

/** Plain state, and sending messages to the client. Other parts read and write the state. */
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
  /** Undefined until the session is announced to the others. */
  call: Call<VoiceSession> | undefined;
  /** The highest DAVE version its client speaks; 0 for none. */
  maxDaveVersion = 0;
  /** What the others are told about its client. */
  client: ClientTraits = { flags: null, platform: null };
  /** Undefined until Select Protocol. */
  seal: Seal | undefined;
  /** Whether the transport mode leaves the CSRC list and extension preamble unencrypted. */
  rtpSize = false;
  /** The address that it discovered; audio from another address is foreign. */
  source: DiscoveredAddress | undefined;
  /** Where it wants its packets sent: the address of Select Protocol, which is not verified, as at Discord. */
  target: DiscoveredAddress | undefined;
  /** The last Speaking; undefined before the first, without which audio is not accepted. 0 counts too: Dysnomia sends only that. */
  speaking: SpeakingFlags | undefined;
  /** The code that refuses a resume across a gap in the replays. */
  gapCode: number = CloseCode.SessionInvalid;
  /** Whether the session is over. */
  ended = false;
  /** Its timers: the resume window, and the grace before the first Speaking. */
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

  /** Sends a JSON message; a numbered one is also kept for a resume, even without a socket. */
  send(op: number, d: unknown): void {
    if (!isNumbered(op)) {
      this.link?.send(encodeJsonFrame(op, d));
      return;
    }
    const numbered = this.replay.push(op, d);
    if (this.link === undefined) return;
    this.link.send(this.link.version >= BUFFERED_RESUME_VERSION ? numbered : encodeJsonFrame(op, d));
  }

  /** Sends a binary message. These are DAVE messages, always numbered, and kept for a resume. Before version 8 it is sent without the number. */
  sendBinary(op: number, body: Uint8Array): void {
    const numbered = this.replay.pushBinary(op, body);
    if (this.link === undefined) return;
    this.link.send(this.link.version >= BUFFERED_RESUME_VERSION ? numbered : encodeClientBinary(op, body));
  }

  /** Stops both timers, at the end of the session. */
  stopTimers(): void {
    this.resumeTimer.unsubscribe();
    this.graceTimer.unsubscribe();
  }
}
