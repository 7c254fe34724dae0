/**
 * The maximum size of the package. A change that exceeds it must either be worth the larger download for every user, and raise this
 * budget, or must not be published.
 */
export const BUDGET = { files: 1_150, unpackedBytes: 2_800_000, packedBytes: 975_000 };
