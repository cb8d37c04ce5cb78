import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { CommandBackend, type CommandOptions } from "../index.ts";
import { script } from "./start-session.ts";

const secret = "sk-conformance-12345678";
const remember = (folder: string): string =>
  `memory="${folder}/$SIGNALBOX_SESSION_ID"; cat >>"$memory"; echo >>"$memory"; cat "$memory"`;
const usage = '{"type":"usage","input_tokens":10,"output_tokens":5,"cost_usd":0.01}';

export const commandSubject: BackendSubject = {
  name: "@signalbox/backend-command",
  secrets: [secret],
  scenarios: {
    success: agent("echo working; echo done >conformance.txt"),
    failure: agent(
      `echo working; echo '::signalbox {"type":"failure","code":"auth","message":"no key"}'`,
    ),
    hang: agent("echo working; sleep 60"),
    crash: agent("echo working; kill -SEGV $$"),
    echo: ({ folder }) => new CommandBackend({ program: script(remember(folder)) }),
    resume: ({ folder }) => new CommandBackend({ program: script(remember(folder)) }),
    usage: agent(`echo '::signalbox ${usage}'; echo '::signalbox ${usage}'`),
    ask: agent(`echo '::signalbox {"type":"question","text":"Which database?"}'; sleep 60`),
    quota: agent(
      `echo '::signalbox {"type":"quota","pool":"plan","resets_at":"2050-01-01T00:00:00Z"}'`,
    ),
    flood: agent(`yes '${"All work and no play. ".repeat(20)}' | head -c 33554432`),
    noise: agent(
      String.raw`printf '\377\376 a\0b\n::signalbox {"type":"us\n::signalbox \377\n'; head -c 4194304 /dev/zero; echo; echo end`,
    ),
    stray: agent("setsid sh -c 'trap \"\" TERM; sleep 61; sleep 61' & echo working; sleep 60"),
    leak: agent("env; env >&2; exit 1", { env: { API_KEY: secret } }),
    unstartable: () => new CommandBackend({ program: [join("/", "no", "such", "agent")] }),
    mute: "A program is ready as soon as it is started.",
  },
};

function agent(text: string, options: Partial<CommandOptions> = {}): Scenario {
  return () => new CommandBackend({ program: script(text), ...options });
}
