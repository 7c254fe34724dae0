/** The part of WebAssembly that rxvoice uses. Its types are in the DOM library, which is left out here, and not in the types of Node. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: unknown;
  }
}
