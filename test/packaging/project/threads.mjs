/** Tests a bundled thread, which opens a file and plays it to the embedded server. `node threads.mjs SCRIPT` */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { lastValueFrom } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { OggOpusWriter, source } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';
import { testFrames } from 'rxvoice/testing';
import { workerEngine } from 'rxvoice/workers';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const frames = testFrames(60);
const writer = new OggOpusWriter();
const song = `${process.argv[2]}.opus`;
await writeFile(song, [writer.header(), ...frames.flatMap((frame) => writer.write(frame)), ...writer.end()]);

const host = await startVoiceServer({ daveVersion: 0 });
const heard = [];
host.packets$.subscribe(({ payload }) => heard.push(hex(payload)));
const engine = workerEngine({ script: pathToFileURL(process.argv[2]), threads: 1 });
const session$ = connectVoice$(host.gateway('10'), { guildId: '1', channelId: '2', userId: '10' }, { engine });
await lastValueFrom(session$.pipe(useSession((session) => session.play(source(song)))));
await engine.close();
await host.close();
console.log(`heard ${frames.filter((frame, i) => hex(frame) === heard[i]).length} of 60`);
