/** The state of a recording's files, from its events. */
import type { RecordFact } from './record.js';

export interface FilesTold {
  readonly open: number;
  readonly closed: number;
  readonly bytes: number;
  /** ms: the length of the longest file. */
  readonly length: number;
  readonly dropped: number;
}

/** Keeps the totals of one recording: `add` each fact, then read `told`. */
export class FileLedger {
  /** Bytes so far and ms, by path. */
  readonly #files = new Map<string, { bytes: number; length: number; open: boolean }>();
  #dropped = 0;

  add(fact: RecordFact): void {
    switch (fact.type) {
      case 'file-opened':
        this.#files.set(fact.path, { bytes: 0, length: 0, open: true });
        return;
      case 'progress':
      case 'file-closed':
        this.#files.set(fact.path, { bytes: fact.bytes, length: fact.durationMs, open: fact.type === 'progress' });
        return;
      case 'dropped':
        this.#dropped += fact.packets;
    }
  }

  get told(): FilesTold {
    const files = [...this.#files.values()];
    const open = files.filter((file) => file.open).length;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { open, closed: files.length - open, bytes, length: Math.max(0, ...files.map(({ length }) => length)), dropped: this.#dropped };
  }
}
