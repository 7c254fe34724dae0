/**
 * The packets between a bot and a node. Layout: kind (1 byte), number (4, big-endian), acknowledged (4), and the rest.
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
  /** All packets up to this number were received. */
  readonly acknowledged: number;
  readonly body: Uint8Array;
}

/** The number of an `end` packet whose sender has left everything that it had on the other side. */
export const LEFT = 1;
/** The reason why the link of a process ends when a later process of its instance has started. Other nodes would refuse the process, too. */
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

/** Returns undefined if the bytes are not a packet. */
export function decodePacket(bytes: Uint8Array): LinkPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = KINDS[view.getUint8(0)];
  return kind && { kind, number: view.getUint32(1), acknowledged: view.getUint32(5), body: bytes.subarray(HEADER_BYTES) };
}

/** Whether the packet is an `end`. */
export function isEnd(packet: Uint8Array): boolean {
  return packet[0] === KINDS.indexOf('end');
}
