// The server's end of the IPC channel of `Peer` in child.mjs.

/** Runs the commands that come over the channel, and ends this process with the suite that started it. */
export function answerCommands(commands) {
  process.on("message", async ({ id, ask, args }) => {
    try {
      process.send({ id, answer: await commands[ask](...args) });
    } catch (error) {
      process.send({ id, error: String(error) });
    }
  });
  process.on("disconnect", () => process.exit(0));
}
