/** What keeps the process alive, re-exported for the tests; the storms are plain JavaScript and import it directly. */
export { leakedResources, openResources } from './process-resources.mjs';
