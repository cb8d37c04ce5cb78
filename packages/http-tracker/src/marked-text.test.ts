import { describe, expect, it } from "vitest";
import { isWhole, keyOf, markedBody, textOf } from "./marked-text.ts";

const limit = { maxLength: 80, cutNote: " … cut" };

describe("a marked body", () => {
  it.each(["run-1", "a--b -->", "ключ <x>", ""])("keeps the key %j", (key) => {
    const body = markedBody(key, "Line\r\nline \n", { ...limit, maxLength: 500 });
    expect(keyOf(body)).toBe(key);
    expect(textOf(body)).toBe("Line\nline");
    expect(body.split("\n")[0]).toMatch(/^<!-- [^<>]*[^-] -->$/);
  });

  it("is cut where it is too long, at no half of a character, and says so", () => {
    for (const length of [20, 21]) {
      const body = markedBody("k", `${"x".repeat(length)}${"🙂".repeat(30)}`, limit);
      expect(body.length).toBeLessThanOrEqual(80);
      expect(body).toMatch(/ … cut$/);
      expect(body.isWellFormed()).toBe(true);
    }
    expect(isWhole("k", "x".repeat(20), limit)).toBe(true);
    expect(isWhole("k", "x".repeat(90), limit)).toBe(false);
  });

  it("has no key where there is none, or one that somebody wrote by hand", () => {
    expect(keyOf("Thanks!")).toBeNull();
    expect(keyOf("<!-- signalbox:key=%E0%A4%A -->\n")).toBeNull();
    expect(keyOf(`> ${markedBody("k", "", limit)}`)).toBeNull();
  });
});
