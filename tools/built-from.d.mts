export const RECORD: string;
export function hashOfSources(): string;
