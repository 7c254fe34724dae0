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
  /** Each with its forms, as {@link bare} leaves them; undefined until a text is searched, which most sessions never see. */
  readonly #secrets = new Map<string | Uint8Array, readonly string[] | undefined>();
  #added: (() => void) | undefined;

  /** Those that are texts, the oldest first. */
  get texts(): readonly string[] {
    return [...this.#secrets.keys()].filter((secret) => typeof secret === 'string');
  }

  /** Calls back after each text that is new, until the returned function is called. One watcher at a time. */
  watch(added: () => void): () => void {
    this.#added = added;
    return () => {
      if (this.#added === added) this.#added = undefined;
    };
  }

  /** From now on this is a secret: a text, or the bytes of a key, which are not copied. */
  add(secret: string | Uint8Array): void {
    if (secret.length < MIN_LENGTH || this.#secrets.has(secret)) return;
    if (this.#secrets.size >= MAX_SECRETS) this.#secrets.delete(this.#secrets.keys().next().value!);
    this.#secrets.set(secret, undefined);
    if (typeof secret === 'string') this.#added?.();
  }

  /** Nothing will be told any more. The bytes of keys are overwritten; their forms are texts, which only the garbage collector can clear. */
  forget(): void {
    for (const secret of this.#secrets.keys()) if (typeof secret !== 'string') secret.fill(0);
    this.#secrets.clear();
  }

  /** Whether one of them stands in the text, in a form that {@link redact} takes out. */
  standIn(text: string): boolean {
    return this.#found(text).length > 0;
  }

  /** The text without them: as they are, in hex or in base64, in upper or lower case; keys as lists of numbers too. */
  redact(text: string): string {
    return this.#found(text).reduce<string>((rest, secret) => rest.replace(patternOf(secret), REDACTED), text);
  }

  #forms(secret: string | Uint8Array): readonly string[] {
    const forms = this.#secrets.get(secret) ?? formsOf(secret).map(bare);
    this.#secrets.set(secret, forms);
    return forms;
  }

  /** Without a regular expression: one of all forms of all secrets took 30 ms a fault, in which no session could send. */
  #found(text: string): (string | Uint8Array)[] {
    const words = bare(text);
    const found = [...this.#secrets.keys()].filter((secret) => this.#forms(secret).some((form) => words.includes(form)));
    // The longest first: of two that begin alike, the shorter would leave the rest of the other.
    return found.sort((a, b) => b.length - a.length);
  }
}

/** Without what printing adds. */
function bare(text: string): string {
  return text.replace(/[\s"']/g, '').toLowerCase();
}

/** As it is, in base64 and base64url, in hex; bytes as `254,7`, and as `0:254,1:7`, which JSON makes of a Uint8Array. */
function formsOf(secret: string | Uint8Array): string[] {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  const latin1 = String.fromCharCode(...bytes);
  const base64 = btoa(latin1).replace(/=+$/, '');
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const encoded = [base64, base64.replaceAll('+', '-').replaceAll('/', '_'), hex];
  if (typeof secret === 'string') return [secret, ...encoded];
  return [latin1, ...encoded, bytes.join(), [...bytes].map((byte, i) => `${i}:${byte}`).join()];
}

/** The same forms, with blanks between their parts and quotes around their numbers. */
function patternOf(secret: string | Uint8Array): RegExp {
  const parts = formsOf(secret).map((form) => [...form].map((char) => char.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')).join('[\\s"\']*'));
  return new RegExp(parts.join('|'), 'gi');
}
