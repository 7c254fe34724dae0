/**
 * The voice server's half of DAVE, reduced to the needs of two or three clients in memory: an external sender that signs Adds and
 * Removes, and the delivery of messages. It learns a client's proposals from the library itself, not from opcode 28.
 * Layouts: RFC 9420 sections 6, 7, 12; DAVE whitepaper.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { DaveGroup, DaveProvider, ProposedCommit } from '../../../../src/driver/dave/provider.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { Bench, CHANNEL } from './bench.js';

/** A provider that records what its last group proposed. */
export class Watched implements DaveProvider {
  proposed: ProposedCommit | undefined;
  group: DaveGroup | undefined;

  constructor(readonly inner: DaveProvider) {}

  get maxProtocolVersion(): number {
    return this.inner.maxProtocolVersion;
  }

  keyPair() {
    return this.inner.keyPair();
  }

  open(options: Parameters<DaveProvider['open']>[0]): DaveGroup {
    const group = this.inner.open(options);
    const propose = group.propose.bind(group);
    group.propose = (...args) => {
      this.proposed = propose(...args);
      return this.proposed;
    };
    this.group = group;
    return group;
  }
}

export type Client = Bench<Watched>;

/** The newest key package a client sent: the body of its last opcode 26. */
export function keyPackageOf(client: Client): Uint8Array {
  const message = client.sent.findLast((sent): sent is Uint8Array => typeof sent !== 'string' && sent[0] === VoiceOp.MlsKeyPackage);
  return message!.subarray(1);
}

/** Signs proposals for the group of {@link CHANNEL}. */
export class ExternalSender {
  readonly #key: KeyObject;
  /** The body of opcode 25. */
  readonly body: Uint8Array;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    this.#key = privateKey;
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
    this.body = Buffer.concat([vector(point), u16(1), vector(Buffer.of(0))]);
  }

  add(epoch: number, keyPackage: Uint8Array): Buffer {
    return this.#proposal(epoch, Buffer.concat([u16(1), keyPackage]));
  }

  remove(epoch: number, leaf: number): Buffer {
    return this.#proposal(epoch, Buffer.concat([u16(3), u32(leaf)]));
  }

  #proposal(epoch: number, proposal: Uint8Array): Buffer {
    // group id, epoch, external sender 0, no authenticated data, content type proposal
    const content = Buffer.concat([vector(u64(BigInt(CHANNEL))), u64(BigInt(epoch)), Buffer.of(2), u32(0), Buffer.of(0, 2), proposal]);
    const wire = Buffer.concat([u16(1), u16(1), content]);
    const signed = Buffer.concat([vector(Buffer.from('MLS 1.0 FramedContentTBS')), vector(wire)]);
    return Buffer.concat([wire, vector(sign('sha256', signed, this.#key))]);
  }
}

/** Opcode 27 with these proposals, to one client. */
export function propose(client: Client, ...proposals: readonly Uint8Array[]): void {
  client.provider.proposed = undefined;
  client.proposals(0, ...vector(Buffer.concat(proposals)));
}

/** Describes the call to both clients, and creates their group: the first commits, the second is welcomed. */
export function makeGroup(sender: ExternalSender, first: Client, firstId: string, second: Client, secondId: string, transition = 0): void {
  first.join(secondId).describe(1).sender(sender.body);
  second.join(firstId).describe(1).sender(sender.body);
  propose(first, sender.add(0, keyPackageOf(second)));
  propose(second, sender.add(0, keyPackageOf(first)));
  const { commit, welcome } = first.provider.proposed!;
  first.commit(transition, commit);
  second.welcome(transition, welcome!);
  if (transition !== 0) for (const client of [first, second]) client.execute(transition);
}

function vector(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  const head = length < 64 ? Buffer.of(length) : length < 16_384 ? u16(0x4000 | length) : u32(0x80000000 + length);
  return Buffer.concat([head, bytes]);
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
