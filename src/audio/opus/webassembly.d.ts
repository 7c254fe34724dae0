/** What rxvoice uses of WebAssembly. Its types are among those of browsers, which are left out here, and not among those of Node. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: unknown;
  }
}
