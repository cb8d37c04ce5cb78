import { SignalboxError } from "@signalbox/contracts";
import { expect, it } from "vitest";
import { toFailure } from "./failure.ts";

it.each([
  ["hook_failed", "hook"],
  ["hook_timed_out", "hook"],
  ["workspace_git", "workspace"],
  ["template_render_error", "prompt"],
  ["process_not_found", "agent-not-found"],
  ["process_spawn", "spawn"],
  ["plugin_not_found", "agent-not-found"],
  ["plugin_options", "internal"],
  ["auth", "auth"],
  ["toString", "internal"],
  ["unresponsive", "internal"],
])("an error %s fails the run as %s", (code, failure) => {
  const error = new SignalboxError(code, "It broke.", { retryable: true, remedy: "Mend it." });
  expect(toFailure(error, 5, "starting")).toEqual({
    kind: "failed",
    code: failure,
    retryable: true,
    message: "It broke. Mend it.",
  });
});

it("an agent that did not start in time has an outcome of its own", () => {
  const error = new SignalboxError("startup-timed-out", "Too late.");
  expect(toFailure(error, 5, "starting")).toEqual({
    kind: "timed-out",
    limit: "startup",
    limitMs: 5,
  });
});

it("what is no error of ours is internal, worth another try, and no novel", () => {
  const outcome = toFailure(new TypeError("x".repeat(10_000)), 5, "starting");
  expect(outcome).toMatchObject({ kind: "failed", code: "internal", retryable: true });
  expect(JSON.stringify(outcome).length).toBeLessThan(2_100);
  expect(toFailure("odd", 5, "working")).toMatchObject({ message: "odd" });
});

it.each([
  Object.assign(new Error("mkdir failed"), { code: "ENOSPC" }),
  new SignalboxError("workspace_git", "fatal: write error: No space left on device"),
  new SignalboxError("workspace_git", "git failed", { cause: new Error("EDQUOT: over quota") }),
])("R-709 a disk that is full before the agent begins is no failure of the issue: %s", (error) => {
  expect(toFailure(error, 5, "starting")).toMatchObject({ code: "setup", retryable: true });
  expect(toFailure(error, 5, "working")).not.toMatchObject({ code: "setup" });
});
