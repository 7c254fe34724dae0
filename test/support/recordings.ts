/** Readers of recordings that share nothing with the writers, and disks in memory. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { OpenRecordingSink } from '../../src/audio/index.js';
import { slowOggCrc } from './ogg-writer.js';

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

/** The pages of a file that must have nothing else in it, each with a sound checksum and whole packets only; throws otherwise. */
export function parseOgg(input: Uint8Array): ParsedPage[] {
  // The slice() of a Buffer is no copy.
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
    if (slowOggCrc(blank) !== view.getUint32(22, true)) throw new Error(`the page at ${at} has a wrong checksum`);
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

/** The length of a WAV file as its header tells it, and its samples. The bytes behind are of no account. Throws when it is no WAV. */
export function parseWav(file: Uint8Array): { readonly channels: number; readonly rate: number; readonly pcm: Int16Array } {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number): string => buffer.toString('latin1', at, at + 4);
  if (`${tag(0)} ${tag(8)}${tag(12)}${tag(36)}` !== 'RIFF WAVEfmt data') throw new Error('no WAV file');
  const dataBytes = buffer.readUInt32LE(40);
  if (buffer.readUInt32LE(4) !== dataBytes + 36) throw new Error('the two lengths differ');
  if (44 + dataBytes > buffer.length) throw new Error('the header counts more than there is');
  const data = new Uint8Array(buffer.subarray(44, 44 + dataBytes));
  if (endianness() === 'BE') Buffer.from(data.buffer).swap16();
  const pcm = new Int16Array(data.buffer, 0, dataBytes >> 1);
  return { channels: buffer.readUInt16LE(22), rate: buffer.readUInt32LE(24), pcm };
}

export interface MemoryDisk {
  /** By name; those of closed files and of open ones. */
  readonly files: Map<string, Uint8Array>;
  readonly closed: Set<string>;
  /** Bytes that were handed to `write()`. */
  written: number;
  readonly open: OpenRecordingSink;
}

/** A disk that does everything at once, without promises: for virtual time. */
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

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/** What the machine's own tools say against a file: nothing, where they are content or not installed. */
export function toolComplaints(path: string): string[] {
  const complaints: string[] = [];
  const say = (tool: string, text: string): void => {
    if (text.trim() !== '') complaints.push(`${tool}: ${text.trim()}`);
  };
  if (path.endsWith('.ogg') && onPath('opusinfo')) {
    const { stdout, stderr, status } = spawnSync('opusinfo', [path], { encoding: 'utf8' });
    say('opusinfo', `${stdout}\n${stderr}`.split('\n').filter((line) => /warning|error|negative|invalid/i.test(line)).join('\n'));
    if (status !== 0) say('opusinfo', `exit ${status}`);
  }
  if (onPath('ffprobe')) {
    const { stderr, status } = spawnSync('ffprobe', ['-v', 'warning', path], { encoding: 'utf8' });
    say('ffprobe', stderr);
    if (status !== 0) say('ffprobe', `exit ${status}`);
  }
  return complaints;
}

/** In seconds, by ffprobe; undefined where it is not installed. */
export function probedDuration(path: string): number | undefined {
  if (!onPath('ffprobe')) return undefined;
  const text = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path], { encoding: 'utf8' });
  return Number(text);
}
