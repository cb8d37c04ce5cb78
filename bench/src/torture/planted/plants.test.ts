import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plants } from "./plants.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");

describe("planted bugs", () => {
  it.each(Object.entries(plants))("%s has its place in the source", (_name, { changes }) => {
    for (const { file, from } of changes) {
      const source = readFileSync(join(root, file), "utf8");
      expect(source.split(from)).toHaveLength(2);
    }
  });
});
