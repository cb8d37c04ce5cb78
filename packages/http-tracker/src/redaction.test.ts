import { expect, it } from "vitest";
import { Redaction } from "./redaction.ts";

const redaction = new Redaction(["key/1", undefined, ""]);

it("R-325 takes secrets out, also as they stand in a URL, and bounds what is left", () => {
  expect(redaction.clean("a key/1 and key%2F1")).toBe("a *** and ***");
  expect(redaction.clean("x".repeat(900))).toHaveLength(501);
});

it("says the reason that hides behind `fetch failed`", () => {
  const refused = Object.assign(new Error("connect key/1"), { code: "ECONNREFUSED" });
  const cause = redaction.cause(new TypeError("fetch failed", { cause: refused }));
  expect(cause.message).toBe("connect *** (ECONNREFUSED)");
  expect(redaction.cause("no error").message).toBe("no error");
  expect(redaction.cause(Object.assign(new Error(), { code: "EPIPE" })).message).toBe("EPIPE");
});
