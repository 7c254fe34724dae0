/** Runs suites that were written without an engine through one: `connectVoice$` and `driveVoice$` come from a module in this folder instead. */
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const INSTEAD_OF = ['../../src/connect.ts', '../../src/drive-voice.ts'].map(here);

/** @param flow the module that provides `connectVoice$` and `driveVoice$` instead; @param engine the name of the engine, for the tests */
export function withEngine(flow: string, engine: string, test: ViteUserConfig['test']): ViteUserConfig {
  const instead = here(flow);
  return {
    root: here('../..'),
    resolve: { alias: { '#here': here('../../src/runtime/here.ts') } },
    plugins: [
      {
        name: 'with-an-engine',
        enforce: 'pre',
        async resolveId(source, importer) {
          if (importer === undefined || importer === instead) return null;
          const found = await this.resolve(source, importer, { skipSelf: true });
          return found !== null && INSTEAD_OF.includes(found.id) ? instead : null;
        },
      },
    ],
    test: { env: { RXVOICE_ENGINE: engine }, testTimeout: 60_000, hookTimeout: 60_000, ...test },
  };
}
