/** A machine in a world that the test controls: a clock that is moved by hand, and a record of all output. */
import { Roster } from '../../../../src/driver/connection/roster.js';
import { DaveMachine } from '../../../../src/driver/dave/machine.js';
import type { DaveProvider } from '../../../../src/driver/dave/provider.js';
import type { ServerFrame, WireMessage } from '../../../../src/protocol/frames.js';
import { parseJsonFrame } from '../../../../src/protocol/frames.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { FakeProvider } from './fake-provider.js';

export const SELF = '30';
export const CHANNEL = '20';

export class Bench<P extends DaveProvider = FakeProvider> {
  readonly machine: DaveMachine;
  readonly #roster: Roster;
  /** `23 7`, `26`, `28 c000`, `31 7`; emptied by `said`. */
  #said: string[] = [];
  readonly sent: WireMessage[] = [];
  readonly ignored: string[] = [];
  readonly failures: Error[] = [];
  now = 0;
  /** The machine signals that something may have changed. */
  onChanged: () => void = () => undefined;
  #timers: { at: number; act: () => void }[] = [];

  constructor(
    readonly provider: P,
    self = SELF,
    required = false,
  ) {
    this.#roster = new Roster(self, {
      onMembers: () => this.onChanged(),
      onSpeaking: () => undefined,
      onIgnored: (op, reason) => void this.ignored.push(`opcode ${op}: ${reason}`),
    });
    const send = (message: WireMessage): void => {
      this.sent.push(message);
      this.#said.push(text(message));
    };
    this.machine = new DaveMachine(provider, { userId: self, channelId: CHANNEL }, required, {
      call: this.#roster,
      outbox: { send },
      time: { now: () => this.now, after: (ms, act) => void this.#timers.push({ at: this.now + ms, act }) },
      changed: () => this.onChanged(),
      ignored: (what, reason) => void this.ignored.push(`${what}: ${reason}`),
      failed: (error) => void this.failures.push(error),
    }); // prettier-ignore
  }

  /** What was sent since the last call. */
  said(): string[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  get timers(): number {
    return this.#timers.length;
  }

  wait(ms: number): this {
    this.now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { act } of due) act();
    return this;
  }

  /** As in a media session: the roster processes a frame before the machine does. */
  frame(frame: ServerFrame): this {
    this.#roster.frame(frame);
    this.machine.frame(frame);
    return this;
  }

  json(op: number, d: unknown): this {
    return this.frame({ kind: 'json', op, d, seq: undefined });
  }

  binary(op: number, ...body: readonly number[]): this {
    return this.frame({ kind: 'binary', op, seq: 1, body: Uint8Array.from(body) });
  }

  /** The handshake passes on the version from opcode 4. */
  describe(version: number): this {
    this.machine.describe(version);
    return this;
  }

  join(...users: readonly string[]): this {
    return this.json(VoiceOp.ClientsConnect, { user_ids: users });
  }

  leave(user: string): this {
    return this.json(VoiceOp.ClientDisconnect, { user_id: user });
  }

  prepare(id: number, version: number): this {
    return this.json(VoiceOp.DavePrepareTransition, { transition_id: id, protocol_version: version });
  }

  execute(id: number): this {
    return this.json(VoiceOp.DaveExecuteTransition, { transition_id: id });
  }

  epoch(epoch: number, version = 1): this {
    return this.json(VoiceOp.DavePrepareEpoch, { epoch, protocol_version: version });
  }

  sender(bytes: Uint8Array): this {
    return this.binary(VoiceOp.MlsExternalSender, ...bytes);
  }

  proposals(...bytes: readonly number[]): this {
    return this.binary(VoiceOp.MlsProposals, ...bytes);
  }

  commit(id: number, message: Uint8Array): this {
    return this.binary(VoiceOp.MlsAnnounceCommit, id >> 8, id & 255, ...message);
  }

  welcome(id: number, message: Uint8Array): this {
    return this.binary(VoiceOp.MlsWelcome, id >> 8, id & 255, ...message);
  }

  /** The Opus packet in a frame, for a receiver that does not wait for keys: a refused frame is given up at once. */
  hear(user: string, frame: Uint8Array): Uint8Array | undefined {
    const { cipher } = this.machine;
    const opened = cipher.decrypt(user, frame);
    if (typeof opened !== 'string') return opened;
    cipher.refused(opened);
    return undefined;
  }

  /** `version status epoch`, and `hold` while plays are held. */
  get stands(): string {
    const { version, status, epoch } = this.machine.state;
    return `v${version} ${status} ${epoch ?? '-'}${this.machine.sendable ? '' : ' hold'}`;
  }
}

function text(message: WireMessage): string {
  if (typeof message !== 'string') return `${message[0]} ${Buffer.from(message.subarray(1)).toString('hex')}`;
  const frame = parseJsonFrame(message)!;
  return `${frame.op} ${(frame.d as { transition_id: number }).transition_id}`;
}
