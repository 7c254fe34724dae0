/** Which codec a logical Ogg stream holds, by its first packet, and whether that Opus can be played. */
import { hasMagic } from '../bytes/media-sniff.js';

const OPUS_HEAD_BYTES = 19;

/** First packets: RFC 7845 section 5.1, and the mappings that xiph.org lists. */
const CODECS: readonly (readonly [magic: string, name: string])[] = [
  ['OpusHead', 'Opus'],
  ['\x01vorbis', 'Vorbis'],
  ['\x7fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora video'],
  ['fishead\0', 'Skeleton'],
];

/** The codec of a stream that starts with this packet; undefined for one we do not know. */
export function oggCodec(packet: Uint8Array): string | undefined {
  return CODECS.find(([magic]) => hasMagic(packet, magic))?.[1];
}

export function isOpusTags(packet: Uint8Array): boolean {
  return hasMagic(packet, 'OpusTags');
}

/**
 * Why a stream with this OpusHead cannot be played; undefined when it can. Pre-skip and output gain are not looked at.
 *
 * ```
 *  0          8         9          10         12           16     18       19
 *  +----------+---------+----------+----------+------------+------+--------+
 *  | OpusHead | version | channels | pre-skip | input rate | gain | family |   little-endian; the upper half of version is 0
 *  +----------+---------+----------+----------+------------+------+--------+
 * ```
 * Source: RFC 7845 section 5.1.
 */
export function opusHeadFault(packet: Uint8Array): string | undefined {
  if (packet.length < OPUS_HEAD_BYTES) return `its OpusHead has ${packet.length} bytes where 19 are needed: repack the file`;
  const version = packet[8]!;
  const channels = packet[9]!;
  const family = packet[18]!;
  if (version >> 4 !== 0) return `its OpusHead has version ${version}, which is not known: repack the file`;
  if (family !== 0) {
    return (
      `it holds ${channels} channels in mapping family ${family}, and Discord plays mono and stereo (family 0). ` +
      'Mix it down: ffmpeg -i INPUT -c:a libopus -ac 2 OUTPUT.ogg'
    );
  }
  return channels === 1 || channels === 2
    ? undefined
    : `its OpusHead says ${channels} channels, and mapping family 0 has 1 or 2: repack the file`;
}
