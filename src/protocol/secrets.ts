/**
 * Tokens, session ids and keys that must not be told, and a way to take them out of a text. What rxvoice says itself has none in it;
 * what servers, networks and gateways say to it, and what errors of theirs hold, may: a close reason that repeats our token, say.
 */

/** Shorter ones are taken for what tests and toys use, which may well be words. Discord's are 16 characters and more. */
const MIN_LENGTH = 12;
/** Those of the latest connections; older ones are worth nothing. */
const MAX_SECRETS = 32;
/** What stands where a secret stood. */
const REDACTED = '[redacted]';

/** The secrets of one session. */
export class Secrets {
  readonly #secrets = new Set<string | Uint8Array>();
  #pattern: RegExp | undefined;

  /** From now on this is a secret: a text, or the bytes of a key. */
  add(secret: string | Uint8Array): void {
    if (secret.length < MIN_LENGTH || this.#secrets.has(secret)) return;
    const [oldest] = this.#secrets;
    if (oldest !== undefined && this.#secrets.size >= MAX_SECRETS) this.#secrets.delete(oldest);
    this.#secrets.add(secret);
    this.#pattern = undefined;
  }

  /** The text without them: as they are, in hex or in base64, in upper or lower case; keys as lists of numbers too. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text;
    // The longest first: of two that begin alike, the shorter would leave the rest of the other.
    this.#pattern ??= new RegExp([...this.#secrets].flatMap(formsOf).sort((a, b) => b.length - a.length).join('|'), 'gi');
    return text.replace(this.#pattern, REDACTED);
  }
}

/** Regular expressions for the forms of a secret. */
function formsOf(secret: string | Uint8Array): string[] {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  const latin1 = String.fromCharCode(...bytes);
  const base64 = btoa(latin1).replace(/=+$/, '');
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('\\s?');
  const encoded = [literal(base64), literal(base64.replaceAll('+', '-').replaceAll('/', '_')), hex];
  if (typeof secret === 'string') return [literal(secret), ...encoded];
  // [254,7], and {"0":254,"1":7}: what JSON makes of a Uint8Array.
  const numbers = [...bytes].map((byte, i) => `(?:["']?${i}["']?:\\s*)?${byte}`).join('\\s*,\\s*');
  return [literal(latin1), ...encoded, numbers];
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
