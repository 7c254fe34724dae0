/** Finds the intended name for a mistyped one. */

/** The nearest of `names`, if it is near enough to have been meant; undefined otherwise. Case, `_` and `-` are ignored. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const within = (other: string): number => Math.max(1, Math.floor(other.length / 3));
  return names
    .map((other) => ({ other, distance: distance(plain(name), plain(other)) }))
    .filter(({ other, distance }) => distance <= within(other))
    .sort((a, b) => a.distance - b.distance)[0]?.other;
}

function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** If one name is a prefix of the other, with three letters or more, that counts as one mistake: `logger`, `time`. */
function distance(a: string, b: string): number {
  const beginning = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
  return beginning && a !== b ? 1 : edits(a, b);
}

/** The number of characters to insert, delete or replace to turn `a` into `b`: the Levenshtein distance, computed row by row. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
