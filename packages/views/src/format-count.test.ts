import { expect, it } from "vitest";
import { formatCount } from "./format-count.ts";

it("counts have a comma at every third digit", () => {
  const numbers = [0, 7, 999, 1_000, 12_345, 999_999, 1_234_567, 1_000_000_000, -1_234];
  const format = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  for (const number of numbers) {
    expect(formatCount(number)).toBe(format.format(number));
  }
  expect(formatCount(1_234.5)).toBe("1,235");
});
