/** The sockets, servers and timers that are open, those of the test runner included. */
export function openResources(): string[];

/** What is open now and was not before, its addresses and who opened it; waits, a turn of the event loop at a time and two seconds at most, for it to be nothing. */
export function leakedResources(before: readonly string[]): Promise<string[]>;
