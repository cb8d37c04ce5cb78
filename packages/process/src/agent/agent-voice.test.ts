import type { AgentEvent } from "@signalbox/contracts";
import { expect, it } from "vitest";
import { AgentVoice } from "./agent-voice.ts";

const message = (text: string): AgentEvent => ({ type: "message", role: "agent", text });

it("R-522 of a flood, 2 Mi characters are passed on at once, then 64 with each millisecond", () => {
  const heard: AgentEvent[] = [];
  let now = 0;
  const emit = (event: AgentEvent): void => void heard.push(event);
  const voice = new AgentVoice({ emit, redact: (text) => text, now: () => now });
  const kibibytes16 = "x".repeat(16_384);
  for (let count = 0; count < 200; count += 1) voice.say(message(kibibytes16));
  const messages = (): number => heard.filter(({ type }) => type === "message").length;
  expect(messages()).toBe(128);
  expect(heard.filter(({ type }) => type === "notice")).toHaveLength(1);
  now += 256;
  voice.say(message(kibibytes16));
  voice.say(message("one more"));
  expect(messages()).toBe(129);
  voice.say({ type: "input-requested", question: kibibytes16 });
  expect(heard.at(-1)).toMatchObject({ type: "input-requested" });
});
