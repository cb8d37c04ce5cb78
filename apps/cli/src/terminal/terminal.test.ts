import { once } from "node:events";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { commandWord } from "./command-word.ts";
import { LineSink } from "./line-sink.ts";
import { paintFor } from "./palette.ts";
import { plainText } from "./plain-text.ts";
import { renderTable } from "./table.ts";
import { clipText, padText, textWidth } from "./text-width.ts";

describe("text from outside", () => {
  it.each([
    ["a\u001B[31mred\u001B[0m b", "ared b"],
    ["clear\u001B[2J\u001B[H screen", "clear screen"],
    ["title\u001B]0;owned\u0007 set", "title set"],
    ["link\u001B]8;;http://x\u0007text\u001B]8;;\u0007", "linktext"],
    ["bell\u0007 back\u0008space\u007F", "bell backspace"],
    ["two\r\nlines\tand tab", "two lines and tab"],
    ["C1\u009B31m too", "C1 too"],
    ["evil\u202Etxt.exe", "eviltxt.exe"],
    ["lone \uD800 half", "lone  half"],
    ["ordinary — text, 日本語 👩‍🚀", "ordinary — text, 日本語 👩‍🚀"],
  ])("R-612 %j is printed as %j", (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it.each([
    ["plain", 5],
    ["日本語", 6],
    ["e\u0301", 1],
    ["👩‍🚀", 2],
    ["✓", 1],
    ["한국", 4],
  ])("%j is %d columns wide", (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it("cuts by columns, and never a character in two", () => {
    expect(clipText("日本語の題", 6)).toBe("日本…");
    expect(clipText("fits", 4)).toBe("fits");
    expect(clipText("👩‍🚀👩‍🚀👩‍🚀", 5)).toBe("👩‍🚀👩‍🚀…");
    expect(padText("日本", 6)).toBe("日本  ");
  });
});

describe("a table", () => {
  const columns = [
    { title: "ISSUE", flexible: true },
    { title: "N", align: "right" as const },
  ];

  it("is as wide as what it holds, and cuts the flexible column where that is too much", () => {
    const rows = [
      ["a-rather-long-identifier", "1"],
      ["短い", "12"],
    ];
    expect(renderTable(columns, rows, 80)).toEqual([
      "ISSUE                      N",
      "a-rather-long-identifier   1",
      "短い                      12",
    ]);
    expect(renderTable(columns, rows, 16)).toEqual([
      "ISSUE          N",
      "a-rather-lo…   1",
      "短い          12",
    ]);
  });

  it("R-612 prints no control bytes of its cells", () => {
    expect(renderTable(columns, [["\u001B[31mred\nline", "1"]], 80)[1]).toBe("red line  1");
  });
});

describe("colours", () => {
  it("are for terminals, and only where NO_COLOR is not set", () => {
    expect(paintFor({ isTTY: true }, {})("red", "x")).toBe("\u001B[31mx\u001B[39m");
    expect(paintFor({ isTTY: true }, { NO_COLOR: "1" })("red", "x")).toBe("x");
    expect(paintFor({ isTTY: true }, { TERM: "dumb" })("red", "x")).toBe("x");
    expect(paintFor({}, {})("red", "x")).toBe("x");
  });
});

describe("a line sink", () => {
  it("R-603 outlives a reader that went away", async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
    const sink = new LineSink(broken);
    sink.line("one");
    await new Promise((resolve) => {
      broken.once("close", resolve);
    });
    expect(() => sink.line("two")).not.toThrow();
    await sink.flushed(1000);
  });

  it("drops lines while nobody reads, and says how many", async () => {
    const written: string[] = [];
    const waiting: (() => void)[] = [];
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString());
        waiting.push(done);
      },
    });
    const sink = new LineSink(slow);
    sink.line("x".repeat(1024 * 1024));
    sink.line("dropped");
    sink.line("dropped too");
    expect(slow.writableLength).toBeLessThan(1024 * 1024 + 10);
    const drained = once(slow, "drain");
    waiting[0]?.();
    await drained;
    expect(written.at(-1)).toBe("… 2 lines were dropped: nobody read them in time\n");
  });
});

describe("a word of a command line", () => {
  it.each([
    ["parse-input", "parse-input"],
    ["ENG-12", "ENG-12"],
    ["tide/tables#7", "'tide/tables#7'"],
    ["#4", "'#4'"],
    ["it's", String.raw`'it'\''s'`],
    ["", "''"],
  ])("is to be copied into a shell: %j as %s", (text, word) => {
    expect(commandWord(text)).toBe(word);
  });
});
