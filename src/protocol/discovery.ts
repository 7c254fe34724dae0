/**
 * IP discovery: 74 bytes each way, on the media socket, so that the NAT mapping found is the one the audio will use.
 *
 * ```
 *  0        2        4              8                                    72       74
 *  +--------+--------+--------------+------------------------------------+--------+
 *  |  type  | length |     ssrc     |  address: text, then NUL (64 bytes) |  port  |   all big-endian
 *  +--------+--------+--------------+------------------------------------+--------+
 * ```
 * type 1 is a request, 2 a reply; length is 70, the bytes after itself. Source: Discord docs, Voice Connections, "IP Discovery".
 */
import { isIP } from './ip-address.js';

export const DISCOVERY_BYTES = 74;
const BODY_BYTES = 70;
const REQUEST = 1;
const REPLY = 2;
const ADDRESS_AT = 8;
const PORT_AT = 72;

/** Our address and port as the voice server sees them. */
export interface DiscoveredAddress {
  readonly address: string;
  readonly port: number;
}

export function encodeDiscoveryRequest(ssrc: number): Uint8Array {
  return encode(REQUEST, ssrc, '', 0);
}

export function encodeDiscoveryReply(ssrc: number, { address, port }: DiscoveredAddress): Uint8Array {
  return encode(REPLY, ssrc, address, port);
}

/** The address in a reply to the request for `ssrc`; undefined for anything else. */
export function parseDiscoveryReply(datagram: Uint8Array, ssrc: number): DiscoveredAddress | undefined {
  const view = header(datagram, REPLY);
  if (view === undefined || view.getUint32(4) !== ssrc) return undefined;
  const text = datagram.subarray(ADDRESS_AT, PORT_AT);
  const end = text.indexOf(0);
  const address = String.fromCharCode(...(end < 0 ? text : text.subarray(0, end)));
  const port = view.getUint16(PORT_AT);
  return isIP(address) && port !== 0 ? { address, port } : undefined;
}

/** The SSRC in a request; undefined for anything else. */
export function parseDiscoveryRequest(datagram: Uint8Array): number | undefined {
  return header(datagram, REQUEST)?.getUint32(4);
}

function header(datagram: Uint8Array, type: number): DataView | undefined {
  if (datagram.length !== DISCOVERY_BYTES) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return view.getUint16(0) === type && view.getUint16(2) === BODY_BYTES ? view : undefined;
}

function encode(type: number, ssrc: number, address: string, port: number): Uint8Array {
  const datagram = new Uint8Array(DISCOVERY_BYTES);
  const view = new DataView(datagram.buffer);
  view.setUint16(0, type);
  view.setUint16(2, BODY_BYTES);
  view.setUint32(4, ssrc);
  for (let i = 0; i < address.length; i++) datagram[ADDRESS_AT + i] = address.charCodeAt(i);
  view.setUint16(PORT_AT, port);
  return datagram;
}
