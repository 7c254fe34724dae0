/** `npm run storm`: faults of all kinds over a playing session, on 127.0.0.1 only. Exit code 1 if anything went wrong. */
import { load } from '../bench/library.mjs';
import { Progress } from '../bench/progress.mjs';
import { readArguments, USAGE } from './arguments.mjs';
import { stormReport } from './report.mjs';

async function main(options) {
  const progress = new Progress();
  try {
    if (options.compare) {
      const { compare } = await import('./compare.mjs');
      return await compare(options, (done, of, what) => progress.say(`${done} of ${of}: ${what}`));
    }
    const { chaos } = await import('./chaos.mjs');
    const [index, driver, server, testing] = await Promise.all(
      ['index.js', 'driver.js', 'server/index.js', 'testing/index.js'].map((module) => load(module)),
    );
    const library = { ...driver, ...server, ...testing, ...index };
    if (!options.json) console.log(`${options.faults} faults, seed ${options.seed}, ${options.dave ? 'encrypted' : 'plain'} call`);
    // Starts the progress timer before the storm, so that it does not count as a leak.
    progress.say('begins');
    const onProgress = (done, name) => progress.say(`${done} of ${options.faults}: ${name}`);
    const result = await chaos(library, { ...options, onProgress });
    progress.done();
    console.log(options.json ? JSON.stringify(result) : stormReport(result));
    return result.violations.length === 0;
  } finally {
    progress.done();
  }
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else if (!(await main(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
