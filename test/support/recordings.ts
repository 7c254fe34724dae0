/** Readers of recordings that share no code with the writers, and in-memory disks. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { OpenRecordingSink } from '../../src/audio/index.js';
import { opusPacketSamples } from '../../src/protocol/opus-packet.js';
import { tableCrc } from './ogg-writer.js';

export interface ParsedPage {
  readonly bytes: Uint8Array;
  readonly continued: boolean;
  readonly first: boolean;
  readonly last: boolean;
  readonly granule: bigint;
  readonly serial: number;
  readonly sequence: number;
  readonly packets: readonly Uint8Array[];
}

/** The pages of a file. Throws if it contains anything else, or a page with a wrong checksum or a partial packet. */
export function parseOgg(input: Uint8Array): ParsedPage[] {
  // The slice() of a Buffer does not copy.
  const file = Uint8Array.from(input);
  const pages: ParsedPage[] = [];
  for (let at = 0; at < file.length; ) {
    const view = new DataView(file.buffer, file.byteOffset + at);
    if (Buffer.from(file.subarray(at, at + 5)).toString('latin1') !== 'OggS\0') throw new Error(`no page at ${at}`);
    const lacings = [...file.subarray(at + 27, at + 27 + file[at + 26]!)];
    const start = at + 27 + lacings.length;
    const end = lacings.reduce((sum, lacing) => sum + lacing, start);
    if (end > file.length) throw new Error(`the page at ${at} is cut off`);
    if (lacings.at(-1) === 255) throw new Error(`the page at ${at} ends inside a packet`);
    const bytes = file.slice(at, end);
    const blank = bytes.slice();
    blank.fill(0, 22, 26);
    if (tableCrc(blank) !== view.getUint32(22, true)) throw new Error(`the page at ${at} has a wrong checksum`);
    const packets: Uint8Array[] = [];
    let from = start;
    let to = start;
    for (const lacing of lacings) {
      to += lacing;
      if (lacing === 255) continue;
      packets.push(file.slice(from, to));
      from = to;
    }
    const flags = file[at + 5]!;
    pages.push({
      bytes,
      continued: (flags & 1) !== 0,
      first: (flags & 2) !== 0,
      last: (flags & 4) !== 0,
      granule: view.getBigInt64(6, true),
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      packets,
    });
    at = end;
  }
  return pages;
}

/** The audio packets of a file. */
export function oggPackets(file: Uint8Array): Uint8Array[] {
  return parseOgg(file).slice(2).flatMap(({ packets }) => packets);
}

/** The audio packets of a recorded speaker, without the pre-skip silence and without what the end of the file trims. */
export function recordedPackets(file: Uint8Array): Uint8Array[] {
  const pages = parseOgg(file);
  const preSkip = Buffer.from(pages[0]!.packets[0]!).readUInt16LE(10);
  const packets = pages.slice(2).flatMap((page) => page.packets);
  if (preSkip !== samplesOf(packets.slice(0, 1))) throw new Error(`${preSkip} samples are skipped, and the first packet is of another length`);
  const over = samplesOf(packets) - Number(pages.at(-1)!.granule);
  const last = over > 0 ? packets.pop() : undefined;
  if (last !== undefined && samplesOf([last]) !== over) throw new Error(`the end takes ${over} samples off, and no whole packet`);
  return packets.slice(1);
}

/** The total duration of packets, in samples. */
export function samplesOf(packets: readonly Uint8Array[]): number {
  return packets.reduce((sum, packet) => sum + Number(opusPacketSamples(packet)), 0);
}

/** The format of a WAV file and its samples, with the length from its header. Bytes after that are ignored. Throws if it is no WAV. */
export function parseWav(file: Uint8Array): { readonly channels: number; readonly rate: number; readonly pcm: Int16Array } {
  const { dataBytes, ...format } = wavHeader(file);
  if (44 + dataBytes > file.length) throw new Error('the header counts more than there is');
  const data = new Uint8Array(file.subarray(44, 44 + dataBytes));
  if (endianness() === 'BE') Buffer.from(data.buffer).swap16();
  return { ...format, pcm: new Int16Array(data.buffer, 0, dataBytes >> 1) };
}

/** Parses the first 44 bytes of a WAV file. */
export function wavHeader(file: Uint8Array): { readonly channels: number; readonly rate: number; readonly dataBytes: number } {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number): string => buffer.toString('latin1', at, at + 4);
  if (`${tag(0)} ${tag(8)}${tag(12)}${tag(36)}` !== 'RIFF WAVEfmt data') throw new Error('no WAV file');
  const dataBytes = buffer.readUInt32LE(40);
  if (buffer.readUInt32LE(4) !== dataBytes + 36) throw new Error('the two lengths differ');
  return { channels: buffer.readUInt16LE(22), rate: buffer.readUInt32LE(24), dataBytes };
}

export interface MemoryDisk {
  /** Contents by name, of both closed and open files. */
  readonly files: Map<string, Uint8Array>;
  readonly closed: Set<string>;
  /** Bytes passed to `write()`. */
  written: number;
  readonly open: OpenRecordingSink;
}

/** A disk that does everything synchronously, without promises, for virtual time. */
export function memoryDisk(): MemoryDisk {
  const buffers = new Map<string, { bytes: Buffer; length: number }>();
  const disk: MemoryDisk = {
    get files() {
      return new Map([...buffers].map(([name, { bytes, length }]) => [name, bytes.subarray(0, length)]));
    },
    closed: new Set(),
    written: 0,
    open: (name) => {
      if (buffers.has(name)) throw new Error(`${name} is there already`);
      const file = { bytes: Buffer.alloc(1 << 16), length: 0 };
      buffers.set(name, file);
      return {
        write: (chunk, position) => {
          const end = position + chunk.length;
          if (position !== 0 && position !== file.length) throw new Error(`${name}: a write at ${position}, and it ends at ${file.length}`);
          if (end > file.bytes.length) file.bytes = Buffer.concat([file.bytes], Math.max(end, 2 * file.bytes.length));
          file.bytes.set(chunk, position);
          file.length = Math.max(file.length, end);
          disk.written += chunk.length;
        },
        close: () => void disk.closed.add(name),
      };
    },
  };
  return disk;
}

/** The audio packets that prism-media, the demuxer of `@discordjs/voice`, finds in a file. */
export async function prismPackets(file: Uint8Array): Promise<Uint8Array[]> {
  const require = createRequire(createRequire(import.meta.url).resolve('@discordjs/voice'));
  const { opus } = require('prism-media') as { opus: { OggDemuxer: new () => NodeJS.ReadWriteStream } };
  const demuxer = new opus.OggDemuxer();
  const packets: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    demuxer.on('data', (packet: Buffer) => packets.push(Uint8Array.from(packet)));
    demuxer.on('end', resolve);
    demuxer.on('error', reject);
    demuxer.end(file);
  });
  return packets;
}

const missing = new Set<string>();

/** Whether a tool is installed. Warns once per test file if it is not, because a skipped check must not look like a passed one. */
function installed(tool: string): boolean {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, tool)));
  if (!found && !missing.has(tool)) console.warn(`not checked: ${tool} is not installed`);
  if (!found) missing.add(tool);
  return found;
}

/** Third-party tools that check a file: their arguments, and how to recognize their complaints. */
const TOOLS: readonly { readonly tool: string; readonly kinds: RegExp; readonly args: readonly string[]; readonly after?: readonly string[]; readonly complaint: RegExp }[] = [
  { tool: 'opusinfo', kinds: /\.ogg$/, args: [], complaint: /warning|error|negative|invalid/i },
  { tool: 'oggz-validate', kinds: /\.ogg$/, args: [], complaint: /\S/ },
  { tool: 'ffprobe', kinds: /\.(ogg|wav)$/, args: ['-v', 'warning'], complaint: /\S/ },
  { tool: 'ffmpeg', kinds: /\.(ogg|wav)$/, args: ['-v', 'warning', '-i'], after: ['-f', 'null', '-'], complaint: /^(?!Guessed Channel Layout).*\S/ },
];

/** The complaints of the installed tools about a file; empty if there are none. Warns about tools that are not installed. */
export function toolComplaints(path: string): string[] {
  return TOOLS.filter(({ tool, kinds }) => kinds.test(path) && installed(tool)).flatMap(({ tool, args, after = [], complaint }) => {
    const { stdout, stderr, status } = spawnSync(tool, [...args, path, ...after], { encoding: 'utf8' });
    const lines = `${tool === 'ffprobe' ? '' : stdout}\n${stderr}`.split('\n').filter((line) => complaint.test(line));
    return [...lines.map((line) => `${tool}: ${line.trim()}`), ...(status === 0 ? [] : [`${tool}: exit ${status}`])];
  });
}

/** The duration in seconds by ffprobe; undefined if it is not installed. */
export function probedDuration(path: string): number | undefined {
  if (!installed('ffprobe')) return undefined;
  const text = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path], { encoding: 'utf8' });
  return Number(text);
}
