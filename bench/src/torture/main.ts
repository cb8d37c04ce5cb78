/** `pnpm torture --minutes N`: see docs/operations.md, "What was tortured". */
import { reportLines } from "./report.ts";
import { parseTortureOptions } from "./torture-options.ts";
import { torture } from "./torture.ts";

const options = parseTortureOptions(process.argv.slice(2));
console.log(
  `Torture for ${options.minutes} min, --seed ${options.seed}, delivery ${options.delivery}, runner ${options.runner}${options.plant === null ? "" : `, planted: ${options.plant}`}`,
);
const report = await torture(options);
for (const line of reportLines(report)) console.log(line);
// Nothing that was left open keeps it.
process.exit(report.violations.count === 0 ? 0 : 1);
