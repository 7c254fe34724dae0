import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDavey } from '../../../src/dave/davey-binding.js';
import { PackageError, requirePackage } from '../../../src/runtime/require-package.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxvoice-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A package in the folder's node_modules, with this as its only file. */
function install(name: string, code: string): void {
  mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  writeFileSync(join(folder, 'node_modules', name, 'index.js'), code);
}

describe('requirePackage', () => {
  it('finds what is installed where this code lies', () => {
    expect(requirePackage('@snazzah/davey')).toHaveProperty('DAVESession');
  });

  it('finds what is installed beside a bundle, by its path or its URL', () => {
    install('@some/codec', 'module.exports = 42');
    const bundle = join(folder, 'bundle.js');
    expect(requirePackage('@some/codec', bundle)).toBe(42);
    expect(requirePackage('@some/codec/index.js', pathToFileURL(bundle).href)).toBe(42);
  });

  it('says where a package is missed, and what to install there', () => {
    const require = (): unknown => requirePackage('@some/codec/build/wasm.js', join(folder, 'bundle.js'));
    expect(require).toThrow(PackageError);
    expect(require).toThrow(`'@some/codec' is not installed in ${folder}, nor`);
    expect(require).toThrow("'npm install @some/codec'");
  });

  it.each([
    ['its file for this platform is not there', "throw new Error('Cannot find native binding.\\nand fifty lines')", 'Cannot find native binding.'],
    ['what it requires in turn is not there', "require('codec-linux-x64')", "Cannot find module 'codec-linux-x64'"],
  ])('does not call a package missing when %s', (_, code, reason) => {
    install('codec', code);
    const require = (): unknown => requirePackage('codec', join(folder, 'bundle.js'));
    expect(require).toThrow(`'codec' is installed and could not be loaded (${reason}). Install it anew`);
    expect(require).toThrow(`${process.platform}-${process.arch}`);
    expect(require).not.toThrow('fifty');
  });

  it('says of a bundle that cannot know where it lies how to make another one', () => {
    expect(() => requirePackage('codec', null)).toThrow(/neither 'import.meta.url' nor '__filename'.*--format=esm or cjs/);
  });
});

describe('loadDavey', () => {
  it('takes the module that is installed', () => {
    expect(loadDavey().DAVE_PROTOCOL_VERSION).toBe(1);
  });
});
