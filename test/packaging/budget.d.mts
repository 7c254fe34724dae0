export const BUDGET: { readonly files: number; readonly unpackedBytes: number; readonly packedBytes: number };
