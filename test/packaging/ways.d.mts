export const BANNER: string;
export const WAYS: readonly { readonly how: string; readonly runtime: { readonly title: string } }[];
