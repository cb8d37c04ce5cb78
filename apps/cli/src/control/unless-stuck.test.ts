import { once } from "node:events";
import { createEmptyState } from "@signalbox/core";
import { expect, it } from "vitest";
import { drain } from "./drain.ts";
import { unlessStuck } from "./unless-stuck.ts";

const journalTrouble = {
  code: "journal_full",
  message: "writing the journal: no space",
  remedy: "Free space.",
  issueId: null,
};
const never = new Promise<never>(() => undefined);

it("R-709 an order that cannot be written down is answered with why, and what becomes of it", async () => {
  await expect(unlessStuck({ journalTrouble }, never)).rejects.toMatchObject({
    code: "journal_full",
    message: expect.stringContaining("no space"),
    remedy: expect.stringMatching(/^Free space\. The order is carried out then/),
  });
});

it("what is decided is passed on, however the journal is", async () => {
  expect(await unlessStuck({ journalTrouble }, Promise.resolve("done"))).toBe("done");
  await expect(
    unlessStuck({ journalTrouble }, Promise.reject(new TypeError("no"))),
  ).rejects.toThrow("no");
});

it("R-709 a drain that cannot begin is answered, too", async () => {
  const gone = new AbortController();
  const orchestrator = {
    state: createEmptyState(),
    journalTrouble,
    on: () => orchestrator,
    off: () => orchestrator,
  };
  const began = once(gone.signal, "abort");
  const ports = {
    begin: () => gone.abort(),
    progress: () => undefined,
    gone: new AbortController().signal,
    over: new AbortController().signal,
  };
  const answer = drain({ verb: "drain", wait: true, by: "somebody" }, orchestrator, ports);
  await expect(answer).rejects.toMatchObject({ code: "journal_full" });
  await began;
});
