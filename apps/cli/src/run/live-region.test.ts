import { createEmptyState } from "@signalbox/core";
import { statusOf, type RunningRow } from "@signalbox/views";
import { describe, expect, it } from "vitest";
import { recordedSurroundings } from "../__fixtures__/recorded-surroundings.ts";
import type { Paint } from "../terminal/palette.ts";
import { LiveRegion, type LiveLine } from "./live-region.ts";
import { progressLines } from "./progress-lines.ts";

const unpainted: Paint = (_, text) => text;

const plain = (text: string): LiveLine => ({ text, paint: (painted) => painted });

/** What a terminal shows after these bytes, as far as a live region uses it. */
function screen(bytes: string): readonly string[] {
  const lines = [""];
  let row = 0;
  for (const part of bytes.split("\u001B[")) {
    const [, code = "", text = ""] = /^([0-9?]*[A-Zl]|[0-9?]+h)?([^]*)$/.exec(part) ?? [];
    if (code === "1A") row -= 1;
    if (code === "2K") lines[row] = "";
    for (const letter of text.replaceAll("\r", "")) {
      if (letter === "\n") row += 1;
      lines[row] ??= "";
      if (letter !== "\n") lines[row] += letter;
    }
  }
  return lines;
}

const row = (identifier: string): RunningRow => ({
  issueId: identifier,
  identifier,
  title: identifier,
  runId: `run-of-${identifier}`,
  phase: "running-turn",
  stopping: null,
  attempt: 1,
  turns: 0,
  sessionId: null,
  durationMs: 12_000,
  silentMs: 0,
  tokens: 0,
  costUsd: null,
});
describe("the live region", () => {
  it("redraws its lines in place, and lets others scroll by above them", () => {
    const { surroundings, output } = recordedSurroundings("/", {});
    const region = new LiveRegion(surroundings.out, () => 10);
    region.draw([plain("one"), plain("two")]);
    region.above("said");
    region.draw([plain("1"), plain("a longer line than fits")]);
    expect(screen(output.out)).toEqual(["said", "1", "a longer…", ""]);
    region.close();
    expect(screen(output.out)).toEqual(["said", "", "", ""]);
    expect(output.out.endsWith("\u001B[?25h")).toBe(true);
  });
});

describe("what is under way", () => {
  const idle = statusOf(createEmptyState(), 0);

  it("R-612 shows what an agent said last without control bytes", () => {
    const words = new Map([["run-of-one", "\u001B[2Jwriting\u0007 a.ts"]]);
    const [line, counts] = progressLines({ ...idle, running: [row("one")] }, words, 0, unpainted);
    expect(line?.text).toBe(
      "⠋ one                      12 s       running-turn         attempt 2  writing a.ts",
    );
    expect(counts?.text).toBe(
      "  0 of 10 slots taken · 0 ready · 0 waiting for a retry · 0 delivering · 0 parked",
    );
  });

  it("never grows beyond a screen", () => {
    const running = Array.from({ length: 200 }, (_, at) => row(`issue-${at}`));
    const lines = progressLines({ ...idle, running }, new Map(), 3, unpainted);
    expect(lines).toHaveLength(22);
    expect(lines.at(-2)?.text).toBe("  … and 180 more");
  });
});
