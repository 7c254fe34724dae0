export function gist(output: string): string;
