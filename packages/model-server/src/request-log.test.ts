import { expect, it } from "vitest";
import { RequestLog, type RecordedRequest } from "./request-log.ts";

const request: RecordedRequest = {
  scenario: "text",
  vendor: "anthropic",
  endpoint: "generate",
  path: "/s/text/v1/messages",
  headers: {},
  body: undefined,
  at: 0,
};

it("keeps the last 2000 requests", () => {
  const log = new RequestLog();
  for (let at = 0; at < 2010; at += 1) log.add({ ...request, at }, 10);
  expect(log.list()).toHaveLength(2000);
  expect(log.list()[0]?.at).toBe(10);
});

it("keeps no more than 128 MiB of bodies", () => {
  const log = new RequestLog();
  for (let at = 0; at < 10; at += 1) log.add({ ...request, at }, 30 * 1024 * 1024);
  expect(log.list().map(({ at }) => at)).toEqual([6, 7, 8, 9]);
});
