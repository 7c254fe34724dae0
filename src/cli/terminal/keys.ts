/** Parses keyboard input. */

/** A key that has a meaning for a command; a letter is itself, in lower case. */
export type Key = 'left' | 'right' | 'up' | 'down' | 'space' | 'interrupt' | 'suspend' | (string & {});

/** An escape sequence, in the form of cursor mode or of application mode; otherwise one character. Source: ECMA-48 section 5.4. */
const SEQUENCE = /\x1b\[[\d;]*[@-~]|\x1bO[@-~]|./gsu;

const ARROWS: Readonly<Record<string, Key>> = { A: 'up', B: 'down', C: 'right', D: 'left' };
const NAMES: Readonly<Record<string, Key>> = { ' ': 'space', '\x03': 'interrupt', '\x04': 'interrupt', '\x1a': 'suspend' };

/** The keys in one read: holding a key down, or pasting, sends many. Unknown keys are left out. */
export function keysOf(text: string): Key[] {
  return [...text.matchAll(SEQUENCE)].flatMap(([sequence]) => {
    const key = sequence.startsWith('\x1b') ? ARROWS[sequence.at(-1)!] : (NAMES[sequence] ?? sequence.toLowerCase());
    return key === undefined || /^[\x00-\x1f\x7f]$/.test(key) ? [] : [key];
  });
}
