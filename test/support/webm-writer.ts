/** Writes WebM files, well-formed or not, for the tests of the reader. */
import { ascii, concat, opusHead } from './ogg-writer.js';

/** An element; with `unknown`, its length is unknown, as in live streams. */
export function element(id: number, body: Uint8Array, options: { readonly unknown?: boolean; readonly size?: number } = {}): Uint8Array {
  const name: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) name.unshift(rest % 256);
  return concat([Uint8Array.from(name), options.unknown === true ? Uint8Array.of(0x01, 255, 255, 255, 255, 255, 255, 255) : size(options.size ?? body.length), body]);
}

/** A size in the fewest possible bytes. */
export function size(value: number): Uint8Array {
  for (let bytes = 1; ; bytes++) {
    if (value >= 2 ** (7 * bytes) - 1) continue;
    const digits = Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);
    digits[0]! |= 0x80 >> (bytes - 1);
    return Uint8Array.from(digits);
  }
}

export function uint(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.from(digits);
}

function double(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

export interface WebmTrackFields {
  readonly number?: number;
  readonly codec?: string;
  readonly head?: Uint8Array | undefined;
  readonly type?: number;
  readonly encoded?: boolean;
}

export function trackEntry({ number = 1, codec = 'A_OPUS', head = opusHead(), type = 2, encoded = false }: WebmTrackFields = {}): Uint8Array {
  return element(
    0xae,
    concat([
      element(0xd7, uint(number)),
      element(0x83, uint(type)),
      element(0x86, ascii(codec)),
      element(0x63a2, head),
      ...(encoded ? [element(0x6d80, new Uint8Array(4))] : []),
      element(0xe1, concat([element(0x9f, uint(2)), element(0xb5, double(48_000))])),
    ]),
  );
}

/** The body of a block: track, time in ticks, flags, and the packet. */
export function block(packet: Uint8Array, time: number, flags = 0x80, track = 1): Uint8Array {
  return concat([size(track), Uint8Array.of((time >> 8) & 255, time & 255, flags), packet]);
}

export interface WebmOptions {
  readonly tracks?: readonly Uint8Array[];
  readonly packetsPerCluster?: number;
  /** The sizes of segment and clusters are unknown. */
  readonly live?: boolean;
  /** Ticks (ms) added from this packet on. */
  readonly gap?: { readonly at: number; readonly ms: number };
  readonly tags?: Readonly<Record<string, string>>;
  readonly duration?: number;
}

/** The pieces of a file of 20 ms packets: its head, then its clusters. */
export function webmPieces(packets: readonly Uint8Array[], options: WebmOptions = {}): Uint8Array[] {
  const { tracks = [trackEntry()], packetsPerCluster = 50, live = false, gap, tags = {}, duration = packets.length * 20 } = options;
  const tag = ([name, value]: [string, string]): Uint8Array =>
    element(0x67c8, concat([element(0x45a3, ascii(name)), element(0x4487, ascii(value))]));
  const head = concat([
    element(0x1549a966, concat([element(0x2ad7b1, uint(1_000_000)), ...(live ? [] : [element(0x4489, double(duration))])])),
    element(0x1654ae6b, concat(tracks)),
    element(0x1254c367, element(0x7373, concat(Object.entries(tags).map(tag)))),
  ]);
  const clusters: Uint8Array[] = [];
  for (let first = 0; first < packets.length; first += packetsPerCluster) {
    const time = (i: number): number => i * 20 + (gap !== undefined && i >= gap.at ? gap.ms : 0);
    const blocks = packets
      .slice(first, first + packetsPerCluster)
      .map((packet, i) => element(0xa3, block(packet, time(first + i) - time(first))));
    clusters.push(element(0x1f43b675, concat([element(0xe7, uint(time(first))), ...blocks]), { unknown: live }));
  }
  const ebml = element(0x1a45dfa3, element(0x4282, ascii('webm')));
  const length = head.length + clusters.reduce((sum, cluster) => sum + cluster.length, 0);
  const segment = element(0x18538067, new Uint8Array(0), live ? { unknown: true } : { size: length });
  return [concat([ebml, segment, head]), ...clusters];
}

export function webmFile(packets: readonly Uint8Array[], options: WebmOptions = {}): Uint8Array {
  return concat(webmPieces(packets, options));
}
