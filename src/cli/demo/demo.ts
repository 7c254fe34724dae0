/**
 * The demo: a voice server, two members, and a song from one to the other, all on this machine and over real sockets. Files that cannot be read or
 * written are reported before the servers and clients are loaded, because loading takes most of the start.
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { oggOpus } from '../../audio/ogg/ogg-opus.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { LoopbackVoiceServer } from '../../server/index.js';
import { CommandFailed } from '../command.js';
import { SONG } from '../files/song.js';
import { WavFile } from '../files/wav-file.js';
import type { Terminal } from '../terminal/terminal.js';
import { samplesOf } from './samples.js';

export interface DemoOptions {
  /** An Ogg/Opus file; undefined for the included song. */
  readonly file: string | undefined;
  /** Where to write what was heard. */
  readonly wav: string;
  readonly terminal: Pick<Terminal, 'out' | 'colour' | 'stop$'>;
  /** Default: a server with end-to-end encrypted calls. */
  readonly startServer?: () => Promise<LoopbackVoiceServer>;
}

/**
 * Runs the demo. Returns the exit status: 0 if every frame arrived as it was sent.
 *
 * @throws CommandFailed if the file cannot be played, or the WAV file cannot be written
 */
export async function runDemo({ file, wav, terminal, startServer = encryptedServer }: DemoOptions): Promise<number> {
  const path = file ?? SONG;
  const total = await durationOf(path);
  // Opened before anybody joins: without a writable file the song would be played for nothing.
  const heard = new WavFile(wav, path, 'name another file with --wav');
  try {
    const [{ DemoCall }, { Screen }] = await Promise.all([import('./call.js'), import('./screen.js')]);
    const server = await startServer();
    try {
      const screen = new Screen(terminal.out, terminal.colour);
      screen.title(`rxvoice demo: ${basename(path)} (${screen.duration(total)}) on a voice server at ${server.endpoint}`);
      return await new DemoCall(server, screen, path, total, heard).run(terminal.stop$, wav);
    } finally {
      await server.close();
    }
  } finally {
    heard.close();
  }
}

/** As at Discord. */
async function encryptedServer(): Promise<LoopbackVoiceServer> {
  const { startVoiceServer } = await import('../../server/index.js');
  return startVoiceServer({ daveVersion: 1 });
}

/** Reads the whole file once, which also checks that it can be played. Returns ms. */
async function durationOf(path: string): Promise<number> {
  let samples = 0;
  try {
    for await (const frame of oggOpus(createReadStream(path))) samples += samplesOf(frame);
  } catch (error) {
    throw new CommandFailed(`${path} cannot be played: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return samples / SAMPLES_PER_MS;
}
