/**
 * The location of this code at run time: a file, or the URL of one; null in a bundle of a format that does not say.
 *
 * It is imported as `#here` (`imports` in package.json), so that a transform that loads the package as CommonJS, as jest does by default, gets
 * `here.cts` instead: to such transforms `import.meta` is a syntax error.
 */
export const here: string | null = fileOfBundle() ?? (import.meta.url as string | undefined) ?? null;

/** Tried first: a CommonJS bundle has an empty `import.meta`, or (webpack) the location where it was built; its `__filename` is right. */
function fileOfBundle(): string | null {
  try {
    // Tried instead of tested with `typeof`: webpack evaluates that while it bundles, and not always correctly.
    return __filename;
  } catch {
    return null;
  }
}
