// Opens files until there are no more to be had, and then an ffmpeg. Prints what that says. Run under a low `ulimit -n`.
import { closeSync, openSync } from 'node:fs';
import { FfmpegEncoding } from '../../dist/audio/ffmpeg/encoding.js';

const open = [];
try {
  for (;;) open.push(openSync('/dev/null'));
} catch {
  // All are open.
}
let said = 'it was started';
try {
  new FfmpegEncoding('ffmpeg', []);
} catch (error) {
  said = `${error.name}: ${error.message}`;
}
// What is printed may want a file, too.
open.forEach((file) => closeSync(file));
console.log(said);
