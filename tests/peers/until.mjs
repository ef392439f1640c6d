// Waiting for something to become true, never for a fixed time.

/** The first truthy answer of `probe`; after `within` milliseconds an error that says what was last seen. */
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

/** Only for tests whose subject is a moment: polling and deadlines do the rest. */
export function pause(milliseconds) {
  return new Promise((over) => setTimeout(over, milliseconds));
}
