/** Which user is in which leaf of the group's tree, as the server knows it from the commits. RFC 9420 sections 7.7 and 12.1. */
import type { Snowflake } from '../../../types.js';
import type { KeyPackage } from '../mls/key-package.js';

/** One membership of the group: a user that returns gets a new Leaf, even at the same index. */
export interface Leaf {
  readonly userId: Snowflake;
  /** The key package with which it was added. */
  readonly keyPackage: KeyPackage;
}

/** The leaves of one epoch, blank ones included. Indexes count from 0. */
export class LeafTable {
  readonly #leaves: (Leaf | null)[] = [];

  /** The users by leaf index; null is a blank leaf. The last leaf is never blank. */
  get users(): readonly (Snowflake | null)[] {
    return this.#leaves.map((leaf) => leaf?.userId ?? null);
  }

  /** The indexes of the leaves for which `wanted` is false. */
  indexesWithout(wanted: (leaf: Leaf) => boolean): readonly number[] {
    return [...this.#leaves.keys()].filter((index) => {
      const leaf = this.#leaves[index];
      return leaf != null && !wanted(leaf);
    });
  }

  /** Null for a blank leaf, undefined beyond the tree. */
  at(index: number): Leaf | null | undefined {
    return this.#leaves[index];
  }

  /** Fills the leftmost blank leaf, or appends one. */
  add(leaf: Leaf): void {
    const blank = this.#leaves.indexOf(null);
    if (blank === -1) this.#leaves.push(leaf);
    else this.#leaves[blank] = leaf;
  }

  /** Blanks a leaf. The removals of a commit are applied before its additions, whatever their order in it. */
  remove(index: number): void {
    this.#leaves[index] = null;
  }

  /** Removes blank leaves at the end; the last step of a commit. */
  trim(): void {
    while (this.#leaves.at(-1) === null) this.#leaves.pop();
  }
}
