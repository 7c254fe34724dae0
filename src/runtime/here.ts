/**
 * Where this code lies at run time: a file, or the URL of one; null in a bundle of a format that does not tell.
 *
 * It is imported as `#here` (`imports` in package.json), so that whoever loads the package as CommonJS by a transform, as jest does
 * by default, gets `here.cts` in its place: to such transforms `import.meta` is a syntax error.
 */
export const here: string | null = fileOfBundle() ?? (import.meta.url as string | undefined) ?? null;

/** Asked first: a bundle as CommonJS has an empty `import.meta`, or (webpack) the place where it was built; `__filename` is its own. */
function fileOfBundle(): string | null {
  try {
    // Tried, and not asked for by `typeof`: webpack answers that while it bundles, and not always right.
    return __filename;
  } catch {
    return null;
  }
}
