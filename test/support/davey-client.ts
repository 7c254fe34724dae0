/** A client's half of DAVE around a real davey session. It does what an ordinary client does and nothing more. */
import { DAVESession, generateP256Keypair, type SigningKeyPair } from '@snazzah/davey';
import { VoiceOp } from '../../src/protocol/opcodes.js';

/** davey's own constants are const enums, which isolated modules cannot import. */
const AUDIO = 0;
const DAVE_OP_REVOKE = 1;

/** A message in either direction, without its sequence number. */
export type DaveMessage =
  | { readonly op: number; readonly d: unknown }
  | { readonly op: number; readonly body: Uint8Array };

export interface DaveyOptions {
  readonly keyPair?: SigningKeyPair;
  /** Also flags messages of a group that it is not, or no longer, in. Correct clients ignore those. */
  readonly naive?: boolean;
}

/** The error for a commit of a group that the session is not in. */
const NOT_OURS = /NoGroup|PendingGroup|MessageForDifferentGroup/;

/** The fields of the messages that a server sends. */
interface ServerPayload {
  readonly dave_protocol_version?: number;
  readonly user_ids?: readonly string[];
  readonly user_id?: string;
  readonly epoch?: number;
  readonly transition_id?: number;
  readonly protocol_version?: number;
}

export class DaveyClient {
  session: DAVESession | undefined;
  /** The version in force. */
  version = 0;
  readonly pending = new Map<number, number>();
  readonly recognised = new Set<string>();
  /** Commits and Welcomes that could not be used. */
  failures: string[] = [];
  /** Proposals that could not be used. */
  proposalFailures: string[] = [];
  readonly keyPair: SigningKeyPair;
  readonly #naive: boolean;

  constructor(
    readonly userId: string,
    readonly channelId: string,
    private readonly send: (message: DaveMessage) => void,
    { keyPair = generateP256Keypair(), naive = false }: DaveyOptions = {},
  ) {
    this.#naive = naive;
    this.keyPair = keyPair;
    this.recognised.add(userId);
  }

  handle(message: DaveMessage): void {
    if ('body' in message) this.#binary(message.op, Buffer.from(message.body));
    else this.#json(message.op, message.d as ServerPayload);
  }

  encrypt(frame: Uint8Array): Buffer {
    return this.session!.encryptOpus(Buffer.from(frame));
  }

  decrypt(userId: string, frame: Uint8Array): Buffer {
    return this.session!.decrypt(userId, AUDIO, Buffer.from(frame));
  }

  #json(op: number, d: ServerPayload): void {
    switch (op) {
      case VoiceOp.SessionDescription:
        this.version = d.dave_protocol_version ?? 0;
        if (this.version > 0) this.#begin();
        return;
      case VoiceOp.ClientsConnect:
        for (const id of d.user_ids!) this.recognised.add(id);
        return;
      case VoiceOp.ClientDisconnect:
        this.recognised.delete(d.user_id!);
        return;
      case VoiceOp.DavePrepareEpoch:
        if (d.epoch === 1) this.#begin();
        return;
      case VoiceOp.DavePrepareTransition:
        return this.#prepare(d.transition_id!, d.protocol_version!);
      case VoiceOp.DaveExecuteTransition: {
        const id: number = d.transition_id!;
        this.version = this.pending.get(id) ?? this.version;
        this.pending.delete(id);
      }
    }
  }

  #binary(op: number, body: Buffer): void {
    switch (op) {
      case VoiceOp.MlsExternalSender:
        try {
          this.session?.setExternalSender(body);
        } catch {
          // The group is already established and has its external sender.
        }
        return;
      case VoiceOp.MlsProposals:
        return this.#propose(body);
      case VoiceOp.MlsAnnounceCommit:
        return this.#advance(body, (message) => this.session!.processCommit(message));
      case VoiceOp.MlsWelcome:
        return this.#advance(body, (message) => this.session!.processWelcome(message));
    }
  }

  #begin(): void {
    if (this.session === undefined) this.session = new DAVESession(1, this.userId, this.channelId, this.keyPair);
    else this.session.reinit(1, this.userId, this.channelId, this.keyPair);
    this.send({ op: VoiceOp.MlsKeyPackage, body: this.session.getSerializedKeyPackage() });
  }

  #propose(body: Buffer): void {
    try {
      const type = body[0] === DAVE_OP_REVOKE ? 1 : 0;
      const { commit, welcome } = this.session!.processProposals(type, body.subarray(1), [...this.recognised]);
      if (commit === undefined) return;
      this.send({ op: VoiceOp.MlsCommitWelcome, body: Buffer.concat([commit, welcome ?? Buffer.alloc(0)]) });
    } catch (error) {
      this.proposalFailures.push(String(error));
    }
  }

  #advance(body: Buffer, process: (message: Buffer) => void): void {
    const id = body.readUInt16BE(0);
    try {
      process(body.subarray(2));
    } catch (error) {
      if (!this.#naive && NOT_OURS.test(String(error))) return;
      this.failures.push(String(error));
      this.send({ op: VoiceOp.MlsInvalidCommitWelcome, d: { transition_id: id } });
      this.#begin();
      return;
    }
    this.#prepare(id, 1);
  }

  #prepare(id: number, version: number): void {
    if (id === 0) {
      this.version = version;
      return;
    }
    this.pending.set(id, version);
    this.send({ op: VoiceOp.DaveTransitionReady, d: { transition_id: id } });
  }
}
