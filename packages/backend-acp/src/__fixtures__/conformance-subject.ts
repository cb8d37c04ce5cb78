import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { AcpBackend } from "../index.ts";
import { scripted } from "./scripted.ts";

const secret = "sk-conformance-12345678";

const plays =
  (scenario: string, env: Readonly<Record<string, string>> = {}): Scenario =>
  ({ folder }) =>
    new AcpBackend({ program: scripted(scenario, folder), pool: "plan", env });

export const acpSubject: BackendSubject = {
  name: "@signalbox/backend-acp",
  secrets: [secret],
  scenarios: {
    success: plays("success"),
    failure: plays("failure"),
    hang: plays("hang"),
    crash: plays("crash"),
    echo: plays("echo"),
    resume: plays("echo"),
    usage: plays("usage"),
    ask: plays("ask"),
    quota: plays("quota"),
    flood: plays("flood"),
    noise: plays("noise"),
    stray: plays("stray"),
    leak: plays("leak", { API_KEY: secret }),
    unstartable: () => new AcpBackend({ program: [join("/", "no", "such", "agent")] }),
    mute: plays("mute"),
  },
};
