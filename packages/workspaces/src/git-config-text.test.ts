import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, constantFrom, oneof, property, string } from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { git, Scratch } from "./__fixtures__/scratch.ts";
import { gitConfigText } from "./git-config-text.ts";

let scratch: Scratch;
afterEach(() => scratch.dispose());

describe("gitConfigText", () => {
  it("is read by git as what was written, whatever a value holds", () => {
    scratch = new Scratch();
    const { repository } = scratch;
    const file = join(repository, "settings");
    const text = oneof(
      string({ unit: "binary" }),
      string({ unit: constantFrom('"', "\\", "\n", "\t", "\b", "#", ";", " ", "é", "[") }),
    );
    assert(
      property(
        text.filter((value) => !/[\0\r]/.test(value) && value.isWellFormed()),
        (value) => {
          writeFileSync(file, gitConfigText([["remote", "ori gin", "url", value]]));
          const read = git(repository, "config", "--file", file, "-z", "remote.ori gin.url");
          expect(read).toBe(`${value}\0`);
        },
      ),
      { numRuns: 50 },
    );
  });
});
