/**
 * Where this code lies at run time: a file, or the URL of one; null in a bundle of a format that does not tell.
 *
 * It is imported as `#here` (`imports` in package.json), so that whoever loads the package as CommonJS by a transform, as jest does
 * by default, gets `here.cts` in its place: to such transforms `import.meta` is a syntax error.
 */
export const here: string | null = (import.meta.url as string | undefined) ?? fileOfBundle();

/** A bundle in the CommonJS format has an empty `import.meta`, and `__filename` is the bundle's own. */
function fileOfBundle(): string | null {
  return typeof __filename === 'string' ? __filename : null;
}
