/** What keeps the process alive: for the tests; the storms, which are plain JavaScript, take it from where it is. */
export { leakedResources, openResources } from './process-resources.mjs';
