/** `pnpm torture --minutes N`, or `--self-test`: see docs/operations.md, "What was tortured". */
import { register } from "./planted/register.ts";
import { selfTest } from "./planted/self-test.ts";
import { reportLines } from "./report.ts";
import { parseTortureOptions } from "./torture-options.ts";

const options = parseTortureOptions(process.argv.slice(2));
// Whoever ends it ends its daemons and agents too.
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(1));
if (options.selfTest) process.exit((await selfTest()) ? 0 : 1);
console.log(
  `Torture for ${options.minutes} min, --seed ${options.seed}, delivery ${options.delivery}, runner ${options.runner}${options.plant === null ? "" : `, planted: ${options.plant}`}`,
);
// The author's writes have the bug too, or they would mend what it does.
if (options.plant !== null) register(options.plant);
const { torture } = await import("./torture.ts");
const report = await torture(options);
for (const line of reportLines(report)) console.log(line);
// Nothing that was left open keeps it.
process.exit(report.violations.count === 0 ? 0 : 1);
