/**
 * The role of the delivery service in a group: an external sender, which may propose to add and remove members but is not a member itself, and never
 * holds a key of the group. RFC 9420 section 12.1.8.1.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { ContentType, CredentialType, ProposalType, publicMessageHeader, refHash, SenderType, signContent } from './constants.js';
import { POINT_BYTES } from './p256.js';
import { concat, uint, uint64, vector } from './tls-codec.js';

/** A signed proposal. */
export interface SignedProposal {
  /** An MLSMessage with a PublicMessage. */
  readonly message: Uint8Array;
  /** Its ProposalRef, in hexadecimal, by which a commit refers to it. */
  readonly ref: string;
}

/** Discord's own identity as an external sender, as seen on the wire. */
const IDENTITY = Uint8Array.of(0);
/** The index in the group's extension `external_senders`, which has one entry. */
const SENDER_INDEX = 0;

/** Has its own signature key pair, and signs proposals for one group. The private key never leaves it. */
export class ExternalSender {
  /** The body of opcode 25: `point<V> ‖ u16 1 ‖ identity<V>`. RFC 9420 section 12.1.8.1, ExternalSender. */
  readonly announcement: Uint8Array;
  readonly #privateKey: KeyObject;

  /** @param groupId the channel id, 8 bytes, big-endian */
  constructor(private readonly groupId: Uint8Array) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    // The point is at the end of a SubjectPublicKeyInfo.
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-POINT_BYTES);
    this.announcement = concat(vector(point), uint(CredentialType.Basic, 2), vector(IDENTITY));
  }

  /** A proposal to add the owner of this key package. Valid in `epoch` only. */
  add(keyPackage: Uint8Array, epoch: number): SignedProposal {
    return this.#propose(concat(uint(ProposalType.Add, 2), keyPackage), epoch);
  }

  /** A proposal to remove the member in this leaf. Valid in `epoch` only. */
  remove(leafIndex: number, epoch: number): SignedProposal {
    return this.#propose(concat(uint(ProposalType.Remove, 2), uint(leafIndex, 4)), epoch);
  }

  /** An external sender does not sign a GroupContext, so one proposal is valid for every group with this id and epoch. */
  #propose(proposal: Uint8Array, epoch: number): SignedProposal {
    const content = concat(
      vector(this.groupId),
      uint64(BigInt(epoch)),
      uint(SenderType.External, 1),
      uint(SENDER_INDEX, 4),
      vector(), // authenticated_data
      uint(ContentType.Proposal, 1),
      proposal,
    );
    const header = publicMessageHeader();
    const toSign = signContent('FramedContentTBS', concat(header, content));
    const signature = vector(sign('sha256', toSign, this.#privateKey));
    return {
      message: concat(header, content, signature),
      // Over the AuthenticatedContent, which includes the wire format but not the version.
      ref: refHash('Proposal Reference', concat(header.subarray(2), content, signature)),
    };
  }
}
