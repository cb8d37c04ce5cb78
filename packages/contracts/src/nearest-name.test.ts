import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  it("finds a misspelt name and leaves a strange one alone", () => {
    const names = ["max_turns", "max_failures", "backend"];
    expect(nearestName("max_turn", names)).toBe("max_turns");
    expect(nearestName("maxFailures", names)).toBe("max_failures");
    expect(nearestName("team_extension", names)).toBeNull();
  });

  it("answers a name that differs by one letter, wherever it differs", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (name, seed) => {
        const at = seed % name.length;
        expect(nearestName(name.slice(0, at) + name.slice(at + 1), [name])).toBe(name);
      }),
    );
  });
});
