import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { CodexBackend } from "../index.ts";
import { fakeCodex } from "./start-session.ts";

const secret = "sk-conformance-12345678";

export const codexSubject: BackendSubject = {
  name: "@signalbox/backend-codex",
  secrets: [secret],
  scenarios: {
    success: agent("success"),
    failure: agent("failure"),
    hang: agent("hang"),
    crash: agent("crash"),
    echo: agent("echo"),
    resume: agent("echo"),
    usage: agent("usage"),
    ask: agent("ask"),
    quota: agent("quota"),
    flood: agent("flood"),
    noise: agent("noise"),
    stray: agent("stray"),
    leak: agent("leak", secret),
    unstartable: () => new CodexBackend({ program: join("/", "no", "such", "codex") }),
    mute: agent("mute"),
  },
};

function agent(behaviour: string, detail = ""): Scenario {
  return ({ folder }) =>
    new CodexBackend({ command: fakeCodex(behaviour, detail), env: { HOME: folder, LEAKED_KEY: secret } });
}
