import type { JsonValue } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { cleanEvent } from "./clean-event.ts";

const redact = (text: string): string => text.replaceAll('se"cret', "[KEY]");
const call = (input: JsonValue) => ({
  type: "tool-call" as const,
  callId: "1",
  tool: "shell",
  input,
});

describe("an event that is cleaned", () => {
  it.each([
    [
      { type: "message", role: "agent", text: 'a se"cret' },
      { type: "message", role: "agent", text: "a [KEY]" },
    ],
    [
      { type: "approval-requested", action: 'se"cret', decision: "denied" },
      { type: "approval-requested", action: "[KEY]", decision: "denied" },
    ],
    [
      { type: "input-requested", question: 'se"cret' },
      { type: "input-requested", question: "[KEY]" },
    ],
    [
      call({ 'se"cret': ['se"cret', { deep: 'a se"cret' }, 7, null] }),
      call({ "[KEY]": ["[KEY]", { deep: "a [KEY]" }, 7, null] }),
    ],
  ] as const)("has no secret, wherever it stands: %j", (event, clean) => {
    expect(cleanEvent(event, redact)).toEqual(clean);
  });

  it("is cut at 16,384 characters", () => {
    const long = "x".repeat(20_000);
    expect(cleanEvent({ type: "notice", level: "info", text: long }, redact)).toMatchObject({
      text: `${"x".repeat(16_383)}…`,
    });
    const { input } = { input: "", ...cleanEvent(call({ command: long }), redact) };
    expect(input).toMatch(/^\{"command":"x{16371}…$/);
  });

  it("survives an input that is nested deeper than a stack is", () => {
    let deep: JsonValue = 'se"cret';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const event = cleanEvent(call(deep), redact);
    expect(JSON.stringify(event)).toContain(`${"[".repeat(32)}"…"]`);
  });
});
