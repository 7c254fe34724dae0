/** When run by `npm run ghash`, this writes the module instead of checking it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ghashModule } from '../../../support/ghash/ghash-code.js';

const FILE = new URL('../../../../src/crypto/gcm/ghash-module.ts', import.meta.url);
const MODULE = /GHASH = `\n([^`]*)\n`;\n$/;

describe('the module of GHASH', () => {
  it('is what its code makes', () => {
    const source = readFileSync(FILE, 'utf8');
    const made = Buffer.from(ghashModule())
      .toString('base64')
      .match(/.{1,140}/g)!
      .join('\n');
    if (process.env['RXVOICE_WRITE'] === '1') writeFileSync(FILE, source.replace(MODULE, `GHASH = \`\n${made}\n\`;\n`));
    expect(MODULE.exec(readFileSync(FILE, 'utf8'))?.[1]).toBe(made);
  });
});
