/** What a keyboard sends, taken apart. */

/** A key that means something to a command; a letter is itself, in lower case. */
export type Key = 'left' | 'right' | 'up' | 'down' | 'space' | 'interrupt' | 'suspend' | (string & {});

/** A sequence that begins with ESC, in the forms of cursor mode and of application mode; else one character. Source: ECMA-48 section 5.4. */
const SEQUENCE = /\x1b\[[\d;]*[@-~]|\x1bO[@-~]|./gsu;

const ARROWS: Readonly<Record<string, Key>> = { A: 'up', B: 'down', C: 'right', D: 'left' };
const NAMES: Readonly<Record<string, Key>> = { ' ': 'space', '\x03': 'interrupt', '\x04': 'interrupt', '\x1a': 'suspend' };

/** The keys of what was read at once: somebody who holds a key down, or pastes, sends many. What is no key of ours is left out. */
export function keysOf(text: string): Key[] {
  return [...text.matchAll(SEQUENCE)].flatMap(([sequence]) => {
    const key = sequence.startsWith('\x1b') ? ARROWS[sequence.at(-1)!] : (NAMES[sequence] ?? sequence.toLowerCase());
    return key === undefined || /^[\x00-\x1f\x7f]$/.test(key) ? [] : [key];
  });
}
