import { join } from "node:path";
import type { LogFields } from "@signalbox/contracts";
import { MemoryTracker } from "@signalbox/tracker-memory";
import { loadWorkflowConfig } from "@signalbox/workflow";
import { Orchestrator } from "../orchestrator.ts";
import { Scratch } from "./scratch.ts";

export interface Played {
  readonly tracker: MemoryTracker;
  readonly logged: readonly { readonly message: string; readonly fields: LogFields }[];
  readonly scratch: Scratch;
  /** What the journal has come to know of issue `a`. */
  readonly claim: string;
}

/** One pass over issue `a`, with a real runner and a real agent, as `settings` say; the tracker stays here to be asked. */
export async function playIssue(
  settings: string,
  look: (played: Played) => void | Promise<void>,
): Promise<void> {
  const workflow = `tracker: { kind: memory }\ndelivery: { kind: none }\nrunner: process\nmemory_reserve_mb: 0\n${settings}`;
  await using scratch = new Scratch(workflow, []);
  const config = await loadWorkflowConfig(join(scratch.repository, "WORKFLOW.md"), {
    stateDir: scratch.stateDir,
  });
  const tracker = new MemoryTracker({
    issues: [{ identifier: "a", description: "What a is about." }],
  });
  const logged: { message: string; fields: LogFields }[] = [];
  const orchestrator = new Orchestrator(config, {
    ports: { tracker },
    logger: { log: (_level, message, fields = {}) => void logged.push({ message, fields }) },
  });
  try {
    await orchestrator.start({ once: true });
    await orchestrator.finished();
    const claim = orchestrator.state.claims.get("a")?.phase ?? "none";
    await look({ tracker, logged, scratch, claim });
  } finally {
    await orchestrator.stop();
  }
}
