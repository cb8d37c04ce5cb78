import type { LogLevel } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { LineLogger, type LogFormat } from "./log-lines.ts";

const at = Date.UTC(2026, 0, 1);
const fields = {
  issue_id: "id-1",
  issue_identifier: "parse-input",
  run_id: "run-1",
  session_id: "s-1",
};

function logged(format: LogFormat, level: LogLevel, log: (logger: LineLogger) => void): string[] {
  const lines: string[] = [];
  log(new LineLogger({ format, level, now: () => at, write: (line) => lines.push(line) }));
  return lines;
}

describe("the log", () => {
  it("R-602 carries issue_id, issue_identifier, run_id and session_id on every line", () => {
    const write = (logger: LineLogger): void => logger.log("info", "went on", fields);
    expect(logged("plain", "info", write)).toEqual([
      "2026-01-01T00:00:00.000Z info went on issue_id=id-1 issue_identifier=parse-input run_id=run-1 session_id=s-1",
    ]);
    expect(logged("json", "info", write).map((line): unknown => JSON.parse(line))).toEqual([
      { at: "2026-01-01T00:00:00.000Z", level: "info", message: "went on", ...fields },
    ]);
  });

  it("R-603 keeps the failure of its sink to itself", () => {
    const logger = new LineLogger({
      format: "plain",
      level: "debug",
      now: () => at,
      write: () => {
        throw new Error("disk full");
      },
    });
    expect(() => logger.log("error", "x")).not.toThrow();
  });

  it("R-612 stays one line without control bytes, whatever it is told", () => {
    const [line] = logged("plain", "info", (logger) =>
      logger.log("info", "a\nb\u001B[31m", { path: "x y\n", empty: undefined, list: [1] }),
    );
    expect(line).toBe('2026-01-01T00:00:00.000Z info a b path="x y" list=[1]');
  });

  it("leaves out what is below its level", () => {
    expect(
      logged("plain", "warn", (logger) => {
        logger.log("info", "no");
        logger.log("warn", "yes");
      }),
    ).toEqual(["2026-01-01T00:00:00.000Z warn yes"]);
  });
});
