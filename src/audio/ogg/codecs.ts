/** Tells which codec a logical Ogg stream has, by its first packet, and whether its Opus can be played. */
import { hasMagic } from '../bytes/media-sniff.js';
import { isPlayable, readOpusHead } from '../opus/head.js';

/** First packets: RFC 7845 section 5.1, and the mappings that xiph.org lists. */
const CODECS: readonly (readonly [magic: string, name: string])[] = [
  ['OpusHead', 'Opus'],
  ['\x01vorbis', 'Vorbis'],
  ['\x7fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora video'],
  ['fishead\0', 'Skeleton'],
];

/** The codec of a stream that starts with this packet; undefined if it is unknown. */
export function oggCodec(packet: Uint8Array): string | undefined {
  return CODECS.find(([magic]) => hasMagic(packet, magic))?.[1];
}

export function isOpusTags(packet: Uint8Array): boolean {
  return hasMagic(packet, 'OpusTags');
}

/** Why a stream with this OpusHead cannot be played; undefined if it can. Source: RFC 7845 section 5.1. */
export function opusHeadFault(packet: Uint8Array): string | undefined {
  const head = readOpusHead(packet);
  if (head === undefined) return `its OpusHead has ${packet.length} bytes where 19 are needed: repack the file`;
  const { channels, family } = head;
  const version = packet[8]!;
  if (version >> 4 !== 0) return `its OpusHead has version ${version}, which is not known: repack the file`;
  if (family !== 0) {
    return (
      `it holds ${channels} channels in mapping family ${family}, and Discord plays mono and stereo (family 0). ` +
      'Mix it down: ffmpeg -i INPUT -c:a libopus -ac 2 OUTPUT.ogg'
    );
  }
  return isPlayable(head) ? undefined : `its OpusHead says ${channels} channels, and mapping family 0 has 1 or 2: repack the file`;
}
