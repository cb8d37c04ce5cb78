import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Backend, Session, SessionOrder } from "@signalbox/contracts";

/** Has one turn, and starts its agent when its session is closed; the agent's pid stands in the file `late`. */
export class LateBackend implements Backend {
  async startSession({ cwd, environment, emit }: SessionOrder): Promise<Session> {
    emit({ type: "session-started", sessionId: "late", model: null });
    const start = (): void => {
      const env = { ...process.env, ...environment };
      const agent = spawn("sleep", ["60"], { cwd, env, detached: true, stdio: "ignore" });
      writeFileSync(join(cwd, "late"), String(agent.pid));
    };
    return {
      sessionId: "late",
      runTurn: async () => ({ kind: "succeeded" }),
      interrupt: async () => undefined,
      close: async () => void setImmediate(start),
    };
  }
}
