/** Names that no file system takes amiss, whatever they are made of. */

const MAX_LENGTH = 120;
/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A text as a file name: letters, digits, `_`, `-` and `.` stay, all else becomes `_`; no path leads out of the directory,
 * nothing is hidden, nothing is longer than 120 characters (the end, with the extension, is kept). Never empty.
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

/** Gives each name once; a second asker gets it with a number. Case does not tell names apart, as on Windows and macOS. */
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
