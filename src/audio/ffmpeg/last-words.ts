/** The last output of ffmpeg. */

/** Lines of the error output that are reported. */
const LINES = 4;
/** Characters of the error output that are kept, from its end. */
const CHARACTERS = 4_096;

/** Appends to the error output. */
export function withMore(stderr: string, more: string): string {
  return (stderr + more).slice(-CHARACTERS);
}

/** The last lines, without memory addresses and without the address of the input. */
export function lastWords(stderr: string, secret?: string): string {
  const clean = secret === undefined ? stderr : stderr.replaceAll(secret, '(the URL)');
  const lines = clean.split('\n').map((line) => line.replace(/ @ 0x[0-9a-f]+/g, '').trim());
  return lines.filter((line) => line !== '').slice(-LINES).join(' / ');
}
