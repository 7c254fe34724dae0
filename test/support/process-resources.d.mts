/** The sockets, servers and timers that are open, those of the test runner included. */
export function openResources(): string[];

/** What is open now and was not before, with addresses and who opened it; polls each turn of the event loop, for up to two seconds, until nothing is left. */
export function leakedResources(before: readonly string[]): Promise<string[]>;
