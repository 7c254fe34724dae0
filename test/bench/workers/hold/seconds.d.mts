export class Seconds {
  constructor(since: number);
  add(packet: { readonly ssrc: number; readonly timestamp: number; readonly arrival: number }): void;
  report(until: number, streams: number): { readonly late99: number; readonly sent: number }[];
}
export function median(values: readonly number[]): number;
