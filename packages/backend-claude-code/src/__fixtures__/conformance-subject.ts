import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { ClaudeCodeBackend } from "../index.ts";
import { scriptedProgram } from "./scripted-program.ts";

const secret = "sk-conformance-12345678";

/** A scripted program: the real one is tried apart, against a local model. */
export const claudeCodeSubject: BackendSubject = {
  name: "@signalbox/backend-claude-code",
  secrets: [secret],
  patienceMs: 60_000,
  scenarios: {
    success: scripted("success"),
    failure: scripted("failure"),
    hang: scripted("hang"),
    crash: scripted("crash"),
    echo: scripted("echo"),
    resume: scripted("echo"),
    usage: scripted("echo"),
    ask: scripted("ask"),
    quota: scripted("quota"),
    flood: scripted("flood"),
    noise: scripted("noise"),
    stray: scripted("stray"),
    leak: scripted("leak"),
    unstartable: ({ folder }) => new ClaudeCodeBackend({ program: join(folder, "missing") }),
    mute: scripted("mute"),
  },
};

function scripted(scenario: string): Scenario {
  return async ({ folder }) =>
    new ClaudeCodeBackend({
      program: await scriptedProgram(folder, scenario),
      env: { CLAUDE_CONFIG_DIR: folder, ANTHROPIC_API_KEY: secret },
    });
}
