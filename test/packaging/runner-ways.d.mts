export const RUNNERS: readonly { readonly how: string; readonly runtime: { readonly title: string } }[];
