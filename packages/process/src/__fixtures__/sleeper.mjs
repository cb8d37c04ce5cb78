// Says that it is ready, and stays. `stubborn`: SIGTERM does not end it.
if (process.argv.includes("stubborn")) process.on("SIGTERM", () => {});
setInterval(() => {}, 60_000);
console.log(`ready ${process.pid}`);
