import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, LineSplitter } from "../index.ts";

function split(chunks: readonly Buffer[], maxLineBytes = 1 << 20): Line[] {
  const splitter = new LineSplitter({ maxLineBytes });
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

function texts(chunks: readonly (string | Buffer)[], maxLineBytes?: number): string[] {
  return split(
    chunks.map((chunk) => Buffer.from(chunk)),
    maxLineBytes,
  ).map((line) => line.text);
}

describe("R-506 framing", () => {
  it("joins a line from many chunks and takes many lines from one", () => {
    expect(texts(["a", "b", "c\nd\n\ne"])).toEqual(["abc", "d", "", "e"]);
  });

  it("takes CRLF, also cut in two, and leaves other carriage returns alone", () => {
    expect(texts(["a\r", "\nb\r\nc\rd\n\r", "e\n"])).toEqual(["a", "b", "c\rd", "\re"]);
  });

  it("has no line for an output that ends with a line feed, or for none", () => {
    expect(texts(["a\n"])).toEqual(["a"]);
    expect(texts([])).toEqual([]);
  });

  it("puts characters together that are cut in two", () => {
    const bytes = Buffer.from("héé…🚉\n");
    expect(texts([...bytes].map((byte) => Buffer.from([byte])))).toEqual(["héé…🚉"]);
  });

  it("does not stumble over bytes that are no text", () => {
    expect(texts([Buffer.from([0xff, 0x00, 0xfe, 0x0a])])).toEqual(["�\0�"]);
  });

  it("cuts a line of 10 MB and says how much is missing, and the next is whole", () => {
    const chunks = Array.from({ length: 160 }, () => Buffer.alloc(65_536, "x"));
    const lines = split([...chunks, Buffer.from("\nnext\n")], 1000);
    expect(lines).toEqual([
      { text: "x".repeat(1000), droppedBytes: 160 * 65_536 - 1000 },
      { text: "next", droppedBytes: 0 },
    ]);
  });

  it("cuts no character in two", () => {
    expect(split([Buffer.from("ab🚉c\n")], 5)).toEqual([{ text: "ab", droppedBytes: 5 }]);
    expect(split([Buffer.from("a🚉c\n")], 5)).toEqual([{ text: "a🚉", droppedBytes: 1 }]);
  });

  it("does not count the carriage return of a full line", () => {
    expect(split([Buffer.from("abcd\r\n")], 4)).toEqual([{ text: "abcd", droppedBytes: 0 }]);
  });

  it("gives the same lines, whatever the chunks are cut by", () => {
    const text = fc.array(fc.constantFrom("a", "é", "🚉", "\n", "\r", "\r\n", "xyz"));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(40)),
        fc.integer({ min: 4, max: 12 }),
        (parts, cuts, max) => {
          const bytes = Buffer.from(parts.join(""));
          const edges = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length];
          edges.sort((a, b) => a - b);
          const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
          expect(split(chunks, max)).toEqual(split([bytes], max));
        },
      ),
    );
  });

  it("loses no byte of lines that fit", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (lines) => {
        const clean = lines.map((line) => line.replaceAll(/[\r\n]/g, ""));
        expect(texts([clean.map((line) => `${line}\n`).join("")])).toEqual(clean);
      }),
    );
  });
});
