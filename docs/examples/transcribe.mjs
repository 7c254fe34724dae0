// Transcribes a call: what each member says between two pauses goes, as 16 kHz mono, to a speech-to-text function.
//
//   node docs/examples/transcribe.mjs [DIRECTORY]      each utterance is written there as a WAV file, too
//
// It brings its own voice server, and somebody who says three sentences, so it runs without Discord. In your bot, `gateway$` comes
// from your library (`fromDiscordJs(client)` of rxvoice/adapters), the ids from your guild, and `stop$` is yours; `utterances` and
// `transcripts$` stay as they are. The speech recognition goes into `transcribe`.
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bufferCount, concat, endWith, fromEvent, ignoreElements, map, merge, mergeMap, pipe, takeUntil, timer } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { decodeOpus, downsample, encodeWav, oggOpus, reorder, talkSpurts } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const [directory] = process.argv.slice(2);
const CALL = { guildId: '100', channelId: '200' };
const SCRIBE = '1';
const TALKER = '2';
const RATE = 16_000;
/** Speech without a pause for this long is transcribed in pieces, so that memory stays bounded. In frames of 20 ms: 30 s. */
const PIECE = 1_500;

/** Turns packets into utterances; several at once if several members speak. */
const utterances = pipe(
  // A pause below half a second belongs to the sentence. A cough is not an utterance.
  talkSpurts({ hangover: 500, minLength: 200 }),
  mergeMap((spurt) =>
    spurt.pipe(
      reorder(),
      decodeOpus(),
      downsample({ rate: RATE }),
      bufferCount(PIECE),
      map((frames) => ({ userId: spurt.userId ?? 'somebody', pcm: joined(frames) })),
    ),
  ),
);

let written = 0;

/** A speech-to-text engine goes here: 16-bit mono at 16 kHz in, a promise of text out. This one says how long and how loud it was. */
async function transcribe({ userId, pcm }) {
  if (directory !== undefined) {
    written += 1;
    await writeFile(join(directory, `${written}-${userId}.wav`), encodeWav([pcm], { sampleRate: RATE, channels: 1 }));
  }
  const power = pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
  const level = 10 * Math.log10(Math.max(power, 1)) - 20 * Math.log10(32_768);
  return `${userId}: ${pcm.length} samples, ${(pcm.length / RATE).toFixed(2)} s at ${level.toFixed(0)} dB`;
}

function joined(frames) {
  const pcm = new Int16Array(frames.reduce((sum, frame) => sum + frame.pcm.length, 0));
  let at = 0;
  for (const frame of frames) {
    pcm.set(frame.pcm, at);
    at += frame.pcm.length;
  }
  return pcm;
}

if (directory !== undefined) await mkdir(directory, { recursive: true });
const server = await startVoiceServer({ daveVersion: 1 });
const song = [];
for await (const frame of oggOpus(createReadStream(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url))))) song.push(frame);

/** A member to listen to: plays 50, 75 and 40 frames of the song, with a pause after each, and leaves. */
const somebody$ = connectVoice$(server.gateway(TALKER), { ...CALL, userId: TALKER }).pipe(
  useSession((session) => {
    const say = (from, to) => concat(session.play(song.slice(from, to)), timer(1_000));
    return concat(say(0, 50), say(50, 125), say(125, 165));
  }),
);

const stop$ = merge(fromEvent(process, 'SIGINT'), somebody$.pipe(ignoreElements(), endWith('he has left')));

/** Joins, listens until told to stop, and leaves when the last utterance is transcribed. */
const transcripts$ = connectVoice$(server.gateway(SCRIBE), { ...CALL, userId: SCRIBE }).pipe(
  useSession((session) =>
    session.receive().pipe(
      takeUntil(stop$), // placed first, so that the last words are transcribed, too
      utterances,
      mergeMap(transcribe, 2), // two at a time, the others wait
    ),
  ),
);

transcripts$.subscribe({
  next: (text) => console.log(text),
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
    void server.close();
  },
  complete: () => void server.close(),
});
