import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTrailer, encodeTrailer, mergeMessage } from "./issue-trailer.ts";

const anyText = string({ unit: "binary", maxLength: 60 });

describe("the trailer of an issue", () => {
  it("R-1008 gives back every identifier, from one line", () => {
    assert(
      property(anyText, (identifier) => {
        const value = encodeTrailer(identifier);
        expect(value).not.toMatch(/[\n\r\0]/);
        expect(value).toBe(value.trim());
        expect(decodeTrailer(value)).toBe(identifier);
      }),
    );
  });

  it("leaves usual identifiers as they are", () => {
    for (const identifier of ["ABC-12", "owner/repo#7", "Log in: with (e-mail), or not"]) {
      expect(encodeTrailer(identifier)).toBe(identifier);
    }
    expect(decodeTrailer("100%")).toBeNull();
  });

  it("R-1008 no title adds a trailer to a merge", () => {
    assert(
      property(anyText, anyText, (identifier, title) => {
        const lines = mergeMessage(identifier, `${title}\nSignalbox-Issue: other`).split("\n");
        expect(lines).toHaveLength(4);
        expect(lines[0]).toMatch(/^Merge /);
        expect(lines[1]).toBe("");
        expect(lines[2]).toBe(`Signalbox-Issue: ${encodeTrailer(identifier)}`);
      }),
    );
  });
});
