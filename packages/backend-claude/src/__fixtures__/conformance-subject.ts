import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { type ModelServer, scenario } from "@signalbox/model-server";
import { ClaudeBackend, type ClaudeOptions } from "../index.ts";
import { speakingFetch } from "./speaking-fetch.ts";

const secret = "sk-conformance-12345678";
const noise = String.raw`printf '\377\376 a\0b\n{"type":"us\n\377\n'; head -c 4194304 /dev/zero; echo; echo end`;
const stray = "setsid sh -c 'trap \"\" TERM; sleep 61; sleep 61' & echo working; sleep 60";
const question = JSON.stringify({ question: "Which database?" });

export function claudeSubject(server: ModelServer): BackendSubject {
  /** What stands before the comma is for the first request; each session begins there. */
  const model =
    (script: string, options: Partial<ClaudeOptions> = {}): Scenario =>
    ({ folder }) =>
      new ClaudeBackend({
        apiKey: secret,
        baseUrl: server.scenarioUrl(script.replace("UNIQUE", randomUUID())),
        permissions: "full",
        sessionFolder: join(folder, "sessions"),
        maxRetries: 0,
        ...options,
      });
  const echo: Scenario = ({ folder }) =>
    new ClaudeBackend(
      { apiKey: secret, sessionFolder: join(folder, "sessions") },
      { fetch: speakingFetch((texts) => texts.join("\n")) },
    );
  const first = scenario("run", "echo UNIQUE");
  return {
    name: "@signalbox/backend-claude",
    secrets: [secret],
    scenarios: {
      success: model(scenario("write-only", "conformance.txt", "done\n")),
      failure: model(`${first},unauthorized`),
      hang: model(scenario("run", "sleep 60")),
      crash: model(`${first},reset`),
      echo,
      resume: echo,
      usage: model("text"),
      ask: model(scenario("tool", "ask_person", question)),
      quota: model("quota:3600"),
      flood: model(scenario("run", "yes 'All work and no play.' | head -c 33554432")),
      noise: model(scenario("run", noise)),
      stray: model(scenario("run", stray)),
      leak: model(`${scenario("run", "echo UNIQUE; env; env >&2")},unauthorized`, {
        env: { API_KEY: secret },
      }),
      unstartable: model("text", { apiKey: "" }),
      mute: "It is ready as soon as its file is open.",
    },
  };
}
