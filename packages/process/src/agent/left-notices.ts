import type { AgentEvent } from "@signalbox/contracts";
import type { ProcessExit } from "../managed-process.ts";

/** What an operator has to know of processes that an agent has left; none where nothing can be left. */
export function leftNotices({
  survivors,
  suspects,
}: Pick<ProcessExit, "survivors" | "suspects">): readonly AgentEvent[] {
  const notices: AgentEvent[] = [];
  if (survivors.length > 0) {
    const text = `Processes that the agent started cannot be ended: ${survivors.join(", ")}`;
    notices.push({ type: "notice", level: "error", text });
  }
  if (suspects.length > 0) {
    const text = `Processes that the agent may have started live on, and nothing proves that they are its own: ${suspects.join(", ")}. Look at them, and end what should not be there.`;
    notices.push({ type: "notice", level: "warn", text });
  }
  return notices;
}
