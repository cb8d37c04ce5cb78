import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plants } from "./plants.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");

describe("planted bugs", () => {
  it.each(Object.entries(plants))("%s has its place in the source", (_name, parts) => {
    for (const { file, from } of parts) {
      const source = readFileSync(join(root, file), "utf8");
      expect(source.split(from)).toHaveLength(2);
    }
  });
});
