/**
 * What is published between a bot and a node. Layout: kind (1 byte), number (4, big-endian), acknowledged (4), and the rest.
 *
 * | kind | number | the rest |
 * |---|---|---|
 * | 1 data | its own, from 1 on | a payload, or the last piece of one |
 * | 2 piece | its own | a piece of a payload that goes on in the next |
 * | 3 beat | the last that was sent | nothing |
 * | 4 missing | the last that was sent | nothing: what comes behind `acknowledged` is to be sent again |
 * | 5 end | 0; 1 by who has left all that it had there | why, as text: the link is no more |
 */
export type PacketKind = 'data' | 'piece' | 'beat' | 'missing' | 'end';

export interface LinkPacket {
  readonly kind: PacketKind;
  readonly number: number;
  /** All up to this one have come. */
  readonly acknowledged: number;
  readonly body: Uint8Array;
}

/** The number of an `end` by who has left all that it had there. */
export const LEFT = 1;
/** Why a link ends to a process of which another of its instance has begun: no other node would have it either. */
export const REPLACED = 'another process of this instance of the bot has begun';

/** Bytes before the body. */
export const HEADER_BYTES = 9;
const KINDS: readonly (PacketKind | undefined)[] = [undefined, 'data', 'piece', 'beat', 'missing', 'end'];

export function encodePacket({ kind, number, acknowledged, body }: LinkPacket): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KINDS.indexOf(kind));
  view.setUint32(1, number);
  view.setUint32(5, acknowledged);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Undefined for what is none. */
export function decodePacket(bytes: Uint8Array): LinkPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = KINDS[view.getUint8(0)];
  return kind && { kind, number: view.getUint32(1), acknowledged: view.getUint32(5), body: bytes.subarray(HEADER_BYTES) };
}

/** Whether it says that the link is no more. */
export function isEnd(packet: Uint8Array): boolean {
  return packet[0] === KINDS.indexOf('end');
}
