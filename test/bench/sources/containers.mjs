/** Reads Opus from intact and damaged containers: with rxvoice, and with each library that is installed (npm install --no-save …). */
import { source } from '../../../dist/audio/index.js';

const base64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

async function* ours(bytes) {
  yield* source(bytes, { ffmpeg: '/nowhere' });
}

async function mediabunny() {
  const { Input, BufferSource, ALL_FORMATS, EncodedPacketSink } = await import('mediabunny');
  return async function* (bytes) {
    const track = await new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS }).getPrimaryAudioTrack();
    if (track !== null) for await (const packet of new EncodedPacketSink(track).packets()) yield packet.data;
  };
}

async function prism() {
  const { default: media } = await import('prism-media');
  return async function* (bytes) {
    const demuxer = new media.opus.WebmDemuxer();
    demuxer.end(Buffer.from(bytes));
    yield* demuxer;
  };
}

async function ebmlStream() {
  const { EbmlStreamDecoder, EbmlTagId } = await import('ebml-stream');
  return async function* (bytes) {
    const decoder = new EbmlStreamDecoder();
    decoder.end(Buffer.from(bytes));
    for await (const tag of decoder) if (tag.id === EbmlTagId.SimpleBlock || tag.id === EbmlTagId.Block) yield tag.payload;
  };
}

async function mp4box() {
  const { createFile } = await import('mp4box');
  return async function* (bytes) {
    const packets = [];
    const file = createFile();
    file.onReady = ({ tracks }) => {
      file.setExtractionOptions(tracks[0].id, null, { nbSamples: 1_000 });
      file.start();
    };
    file.onSamples = (_id, _user, samples) => packets.push(...samples.map(({ data }) => data));
    file.appendBuffer(Object.assign(bytes.slice().buffer, { fileStart: 0 }));
    file.flush();
    yield* packets;
  };
}

/** Name, loader, and the files that it reads. */
export const READERS = [
  ['rxvoice', async () => ours, /./],
  ['mediabunny', mediabunny, /./],
  ['prism-media', prism, /webm/],
  ['ebml-stream', ebmlStream, /webm/],
  ['mp4box', mp4box, /mp4/],
];

/** Damaged versions of a file. */
export function damaged(bytes) {
  const without = (from, count) => Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(from + count)]);
  const zeroed = bytes.slice();
  zeroed.fill(0, 60_000, 80_000);
  return { sound: bytes, 'cut at 100 KB': bytes.slice(0, 100_000), '3 bytes missing': without(60_000, 3), '20 KB missing': without(60_000, 20_000), '20 KB zeroed': zeroed };
}

/** How many packets of the file are read, how many others, and how reading ends. */
export async function outcome(read, bytes, sound) {
  let right = 0;
  let wrong = 0;
  try {
    for await (const packet of read(bytes)) {
      if (sound.has(base64(packet))) right += 1;
      else if (packet.length > 3) wrong += 1;
    }
    return `${right} right, ${wrong} wrong, no error`;
  } catch (error) {
    return `${right} right, ${wrong} wrong, ${error.name}: ${String(error.message).slice(0, 60)}`;
  }
}

export async function packetsOf(bytes) {
  const packets = new Set();
  for await (const packet of ours(bytes)) packets.add(base64(packet));
  return packets;
}
