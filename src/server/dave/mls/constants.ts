/** The numbers, labels and hashes of MLS 1.0 that DAVE needs. Source: RFC 9420, sections 5, 6 and 17. */
import { createHash } from 'node:crypto';
import { concat, uint, vector } from './tls-codec.js';

/** `mls10`, of ProtocolVersion. */
export const MLS_VERSION = 1;
/** MLS_128_DHKEMP256_AES128GCM_SHA256_P256, used by DAVE version 1. */
export const CIPHERSUITE = 2;
/** WireFormat, of MLSMessage. */
export const WireFormat = { PublicMessage: 1, KeyPackage: 5 } as const;
/** ContentType, of FramedContent. */
export const ContentType = { Proposal: 2, Commit: 3 } as const;
/** SenderType, of Sender. */
export const SenderType = { Member: 1, External: 2 } as const;
/** ProposalType: those that an external sender makes here. */
export const ProposalType = { Add: 1, Remove: 3 } as const;
/** CredentialType. */
export const CredentialType = { Basic: 1 } as const;
/** LeafNodeSource. */
export const LeafSource = { KeyPackage: 1, Update: 2, Commit: 3 } as const;

/** The bytes that are signed: SignContent. RFC 9420 section 5.1.2. */
export function signContent(label: string, content: Uint8Array): Uint8Array {
  return labelled(label, content);
}

/** RefHash, in hexadecimal, so that it can be a key of a Map. RFC 9420 section 5.2. */
export function refHash(label: string, value: Uint8Array): string {
  return createHash('sha256').update(labelled(label, value)).digest('hex');
}

/** The first bytes of every PublicMessage. */
export function publicMessageHeader(): Uint8Array {
  return concat(uint(MLS_VERSION, 2), uint(WireFormat.PublicMessage, 2));
}

function labelled(label: string, value: Uint8Array): Uint8Array {
  return concat(vector(Buffer.from(`MLS 1.0 ${label}`)), vector(value));
}
