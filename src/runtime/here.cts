/** `here.ts`, for those that load this package as CommonJS. */
export = { here: __filename };
