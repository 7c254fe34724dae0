export function dropped(ports: readonly number[]): number;
export function droppedHere(): number;
