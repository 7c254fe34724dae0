/** The last that ffmpeg said. */

/** Lines of the error output that are told. */
const LINES = 4;
/** Characters of it that are kept: its end. */
const CHARACTERS = 4_096;

/** The error output with some more of it. */
export function withMore(stderr: string, more: string): string {
  return (stderr + more).slice(-CHARACTERS);
}

/** The last lines, without addresses of memory and without the address of the input. */
export function lastWords(stderr: string, secret?: string): string {
  const clean = secret === undefined ? stderr : stderr.replaceAll(secret, '(the URL)');
  const lines = clean.split('\n').map((line) => line.replace(/ @ 0x[0-9a-f]+/g, '').trim());
  return lines.filter((line) => line !== '').slice(-LINES).join(' / ');
}
