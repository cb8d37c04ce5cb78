import * as fc from "fast-check";
import { execFileSync } from "node:child_process";
import { join, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { isWorkspaceKey, workspaceKey } from "./workspace-key.ts";

const hostile = [
  "",
  ".",
  "..",
  "...",
  "../../etc/passwd",
  "/etc/passwd",
  "-rf",
  "--upload-pack=touch",
  ".git",
  ".GIT",
  "x.lock",
  "x.LOCK",
  "x.",
  "a..b",
  "a/b",
  "a\\b",
  "a\0b",
  "a\nb",
  "@{-1}",
  "näive-ü",
  "日本語",
  "\u{1f600}",
  "\ud800",
  "\udfff",
  " ",
  "x".repeat(10_000),
  "x".repeat(65),
  `x-${"0".repeat(16)}`,
];

describe("workspaceKey", () => {
  it.each(["ABC-123", "42", "add-login", "Feature_1.2", "x", "_", "x".repeat(64)])(
    "R-212 leaves %s as it is",
    (identifier) => expect(workspaceKey(identifier)).toBe(identifier),
  );

  it("R-212 a changed key ends with the same 64-bit hash every time", () => {
    expect(workspaceKey("a/b")).toBe("a_b-6df7cee24c7627c8");
  });

  it("R-221 every hostile identifier gets a key of its own that git takes as a branch", () => {
    const keys = hostile.map((identifier) => workspaceKey(identifier));
    expect(new Set(keys).size).toBe(hostile.length);
    for (const key of keys) {
      const branch = execFileSync("git", ["check-ref-format", "--branch", `signalbox/${key}`]);
      expect(branch.toString().trim()).toBe(`signalbox/${key}`);
    }
  });

  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.string({ unit: fc.constantFrom("a", ".", "-", "/", "\0", "A", "0"), maxLength: 80 }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom(...hostile),
  );

  it("R-211 R-213 is a plain name of at most 64 characters that stays strictly below the root", () => {
    fc.assert(
      fc.property(anything, (identifier) => {
        const key = workspaceKey(identifier);
        expect(key).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/);
        expect(isWorkspaceKey(key)).toBe(true);
        const root = resolve(sep, "root");
        expect(join(root, key)).toBe(`${root}${sep}${key}`);
      }),
    );
  });

  it("R-212 distinct identifiers never share a key, and a key is not the identifier of another one", () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        fc.pre(one !== other);
        expect(workspaceKey(one)).not.toBe(workspaceKey(other));
        const key = workspaceKey(one);
        expect(workspaceKey(key) === key).toBe(key === one);
      }),
    );
  });
});
