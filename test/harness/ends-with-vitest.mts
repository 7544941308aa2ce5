// Vitest's set-up for each file: whoever interrupts vitest ends its workers too. It leaves that to them, and one that
// is not told goes on with its file to the end.
if (process.listenerCount("disconnect") === 0)
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
