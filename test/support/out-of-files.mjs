// Opens files until no descriptors are left, then starts ffmpeg, and prints the error. Run under a low `ulimit -n`.
import { closeSync, openSync } from 'node:fs';
import { FfmpegEncoding } from '../../dist/audio/ffmpeg/encoding.js';

const open = [];
try {
  for (;;) open.push(openSync('/dev/null'));
} catch {
  // No descriptors are left.
}
let said = 'it was started';
try {
  new FfmpegEncoding('ffmpeg', []);
} catch (error) {
  said = `${error.name}: ${error.message}`;
}
// Printing may need a descriptor, too.
open.forEach((file) => closeSync(file));
console.log(said);
