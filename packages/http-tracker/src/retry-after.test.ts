import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.parse("2026-01-05T08:00:00Z");

it.each([
  [{ "retry-after": "7" }, 7_000],
  [{ "retry-after": "Mon, 05 Jan 2026 08:00:20 GMT" }, 20_000],
  [{ "retry-after": "Mon, 05 Jan 2026 07:00:00 GMT" }, 0],
  [
    { "retry-after": "Mon, 05 Jan 2026 06:00:20 GMT", date: "Mon, 05 Jan 2026 06:00:00 GMT" },
    20_000,
  ],
  [{ "retry-after": "soon" }, null],
  [{ "retry-after": " " }, null],
  [{}, null],
])("R-321 %j is %j milliseconds", (headers, milliseconds) => {
  expect(retryAfterMs(headers, now)).toBe(milliseconds);
});
