import { dirname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { DIST, isFreshBuild, SRC } from './test/support/fresh-build.js';

/** Tests in virtual time, and of functions and classes by themselves: nothing of theirs outlives a test. What loads lazily is elsewhere. */
const PURE = ['test/marbles/**/*.test.ts', 'test/unit/{adapters,driver,frames,gateway,media,net,protocol,server,testing,audio,checks,cli,nodes}/**/*.test.ts'];

const ALONE = [
  // They hold our codec to opusscript's class, which corrupts the memory that its instances share from the third one of a process on.
  'test/unit/audio/opus/decoder.test.ts',
  'test/unit/protocol/opus-packet.test.ts',
  // What they ask is how a process begins: what is loaded when, and who is first to define `Symbol.observable`.
  'test/unit/crypto/xchacha.test.ts',
  'test/interop/symbol-observable.test.ts',
  // They count the sockets of their process.
  'test/loopback/server/close.test.ts',
  'test/loopback/discord/gateway.test.ts',
];

/**
 * What computes longest. Begun last, it would be all that still runs, on one core; vitest itself knows only of the run before, and how large files are. Those on
 * real sockets are not among them: their processes would all begin at once.
 */
const LONG = [
  'marbles/day', 'unit/server/dave/random', 'unit/nodes/keep-races', 'unit/audio/sources/ffmpeg', 'unit/audio/sources/formats', 'unit/audio/speakers/alignment',
  'marbles/recovery-table', 'marbles/call-outs', 'unit/server/dave/script', 'exported-types',
]; // prettier-ignore

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => sorted.filter((file) => file.project === project).sort((a, b) => rank(a) - rank(b)));
  }
}

/**
 * For each module of ours that a test imports, the one that was built from it: Node loads it as it is, where sources would be transformed for each
 * project, and run with an accessor behind every name. `npm test` has built when it comes here; where sources have changed since, they are what is tested.
 */
const BUILT: Plugin = {
  name: 'built-in-place-of-sources',
  enforce: 'pre',
  resolveId(source, importer) {
    if (importer === undefined || !/^\.{1,2}\//.test(source)) return null;
    const path = resolve(dirname(importer), source);
    return path.startsWith(SRC + sep) ? DIST + path.slice(SRC.length) : null;
  },
};
const IN_DIST = new RegExp(`^${DIST.replaceAll('\\', '/').replace(/[.*+?^${}()|[\]]/g, '\\$&')}/`);
/** Not where a source may change while we run. */
const built = process.argv.includes('run') && !process.argv.includes('--coverage') && isFreshBuild();

export default defineConfig({
  // package.json points into dist/, which need not be built for the tests of src/.
  resolve: { alias: { '#here': fileURLToPath(new URL('src/runtime/here.ts', import.meta.url)) } },
  plugins: built ? [BUILT] : [],
  test: {
    server: { deps: { external: built ? [IN_DIST] : [] } },
    // No measure of speed: what hangs is to fail, and a machine with much else to do is not to.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Not isolated: a third to half of the time would go into loading the same modules anew for each file.
      { extends: true, test: { name: 'pure', include: PURE, exclude: [...configDefaults.exclude, ...ALONE], isolate: false, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 4, sequence: { groupOrder: 1 } } },
      // Their time is that of the sound that they play: on two cores, four wait side by side, and are not late.
      { extends: true, test: { name: 'real', isolate: false, include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...PURE, ...ALONE], maxWorkers: 4, sequence: { groupOrder: 1 } } },
    ],
  },
});
