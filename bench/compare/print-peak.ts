/** Preloaded into a program that is measured (`node --import`): says at its end how much memory it held at most. */
process.on("exit", () => {
  // In kilobytes: https://nodejs.org/api/process.html#processresourceusage
  process.stderr.write(`peak ${process.resourceUsage().maxRSS}\n`);
});
