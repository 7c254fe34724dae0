/** Waits for an event of the server. */

/** Resolves with whether an event of this type that satisfies `match` came within `ms`. */
export function occurred(server, type, match, ms) {
  return new Promise((resolve) => {
    const subscription = server.events$.subscribe((event) => event.type === type && match(event) && finish(true));
    const timer = setTimeout(() => finish(false), ms);
    const finish = (came) => {
      clearTimeout(timer);
      subscription.unsubscribe();
      resolve(came);
    };
  });
}
