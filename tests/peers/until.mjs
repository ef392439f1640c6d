// Polls for a condition up to a deadline, in place of fixed waits.

/** The first truthy answer of `probe`. After `within` milliseconds it throws with the last note of `probe`. */
export async function until(what, probe, { within = 15_000, every = 50 } = {}) {
  const deadline = performance.now() + within;
  let seen;
  do {
    try {
      const answer = await probe((note) => (seen = note));
      if (answer) return answer;
    } catch (error) {
      seen = error;
    }
    await pause(every);
  } while (performance.now() < deadline);
  throw new Error(`Not within ${within} ms: ${what}. Last seen: ${seen instanceof Error ? seen.message : JSON.stringify(seen)}`);
}

/** Waits for a fixed time: only for tests of timing. Everything else polls. */
export function pause(milliseconds) {
  return new Promise((over) => setTimeout(over, milliseconds));
}
