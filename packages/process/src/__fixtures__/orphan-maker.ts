// Starts the hermit fixture for the run that the first argument names, passes on its line, and is killed.
import { startFixture, fixtureCommand } from "./start-fixture.ts";

const { firstLine } = await startFixture(fixtureCommand("hermit.mjs", "stay"), {
  runMarker: process.argv[2] ?? null,
});
const line = await firstLine;
process.stdout.write(`${line}\n`, () => process.kill(process.pid, "SIGKILL"));
