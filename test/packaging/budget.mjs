/**
 * How large the package may be. What is over it is either worth the download of everybody who installs it, and this is raised with the
 * change that brings it, or is not to be published.
 */
export const BUDGET = { files: 1_150, unpackedBytes: 2_800_000, packedBytes: 950_000 };
