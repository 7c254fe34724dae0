/** File names that every file system accepts, made from any text. */

const MAX_LENGTH = 120;
/** Names that Windows reserves for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Turns a text into a file name. Letters, digits, `_`, `-` and `.` stay; everything else becomes `_`. The name never leads out of the
 * directory, is never hidden or empty, and has at most 120 characters (the end, with the extension, is kept).
 */
export function safeFileName(text: string): string {
  const plain = text.replace(/[^\w.-]/g, '_').replace(/\.+$/, '_').replace(/^(?=[.-])/, '_');
  const short = plain.length > MAX_LENGTH ? plain.slice(0, MAX_LENGTH - 12) + plain.slice(-12) : plain;
  if (short === '') return '_';
  return RESERVED.test(short) ? `_${short}`.slice(0, MAX_LENGTH) : short;
}

/** The name with a number before its extension: `a.ogg`, `a-2.ogg`, `a-3.ogg`. */
export function numberedName(name: string, number: number): string {
  if (number <= 1) return name;
  const [, stem = name, extension = ''] = /^(.+)(\.[a-z0-9]{1,8})$/i.exec(name) ?? [];
  return `${stem}-${number}${extension}`;
}

/** Gives each name once; the next request for it gets a numbered name. Case does not distinguish names, as on Windows and macOS. */
export class NameRegistry {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    const name = safeFileName(wanted);
    for (let number = 1; ; number++) {
      const free = numberedName(name, number);
      if (this.#taken.has(free.toLowerCase())) continue;
      this.#taken.add(free.toLowerCase());
      return free;
    }
  }
}
