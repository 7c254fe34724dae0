// Makes a long song for the fleet: the song of `rxvoice demo`, repeated for half an hour, in one Opus file.
//
//   node song.mjs FILE
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OggOpusWriter, source } from 'rxvoice/audio';

const FRAMES = 30 * 60 * 50;
const DEMO = fileURLToPath(new URL('cli/demo/song.opus', import.meta.resolve('rxvoice')));

const frames = [];
for await (const frame of source(DEMO)) frames.push(frame);

const writer = new OggOpusWriter();
const pages = [writer.header()];
for (let i = 0; i < FRAMES; i += 1) pages.push(...writer.write(frames[i % frames.length]));
await writeFile(process.argv[2], [...pages, ...writer.end()]);
