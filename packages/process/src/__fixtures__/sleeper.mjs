// Says that it is ready, and stays: for a minute, so that a broken test leaves nobody for long. `stubborn`: SIGTERM
// does not end it.
if (process.argv.includes("stubborn")) process.on("SIGTERM", () => {});
setTimeout(() => {}, 60_000);
console.log(`ready ${process.pid}`);
