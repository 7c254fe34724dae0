/** Deadlines for every wait in these tests; the error names what did not come. */

/** @param ms until it rejects, @param what did not come, as a clause without its time: "no answer came"; a function is called after the deadline */
export async function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${typeof what === 'function' ? what() : what} within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
