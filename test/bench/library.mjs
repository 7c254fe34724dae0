/** The built library: `dist`, or the folder named by RXVOICE_DIST, to compare two builds. */
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const root = process.env.RXVOICE_DIST
  ? new URL(`${pathToFileURL(resolve(process.env.RXVOICE_DIST)).href}/`)
  : new URL('../../dist/', import.meta.url);

/** @param module a path within the build, such as `index.js` */
export async function load(module) {
  const url = new URL(module, root);
  return import(url.href).catch((error) => {
    throw new Error(`cannot load ${module}: run "npm run build" first`, { cause: error });
  });
}
