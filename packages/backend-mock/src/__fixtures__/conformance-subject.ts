import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BackendSubject, Scenario } from "@signalbox/conformance";
import { MockBackend, type MockStep, type MockTurn } from "../index.ts";

const notPlayed = "It starts no process, and says only what its script says.";

export const mockSubject: BackendSubject = {
  name: "@signalbox/backend-mock",
  scenarios: {
    success: always({ kind: "succeed", say: "Working.", files: { "conformance.txt": "done\n" } }),
    failure: always({ kind: "fail", say: "Working." }),
    hang: always({ kind: "hang", say: "Working." }),
    echo,
    resume: echo,
    usage: () =>
      new MockBackend({
        script: ({ turn }) => ({
          kind: "succeed",
          usage: { inputTokens: 10 * turn, outputTokens: 5 * turn, costUsd: 0.01 * turn },
        }),
      }),
    ask: always({ kind: "ask", question: "Which database?" }),
    quota: always({ kind: "quota", resetsAt: Date.UTC(2050, 0) }),
    crash: "Its crash is that of a backend which breaks the contract, for tests of hosts.",
    flood: notPlayed,
    noise: notPlayed,
    stray: notPlayed,
    leak: notPlayed,
    unstartable: notPlayed,
    mute: notPlayed,
  },
};

function always(step: MockStep): Scenario {
  return () => new MockBackend({ script: [step] });
}

function echo({ folder }: Parameters<Scenario>[0]): MockBackend {
  const script = ({ prompt, sessionId }: MockTurn): MockStep => {
    const memory = join(folder, sessionId);
    appendFileSync(memory, `${prompt}\n`);
    return { kind: "succeed", say: readFileSync(memory, "utf8") };
  };
  return new MockBackend({ script });
}
