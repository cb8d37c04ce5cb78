import { setImmediate } from "node:timers/promises";
import type { Backend, Session, SessionOrder } from "@signalbox/contracts";

const messages = 7_000;
const text = "x".repeat(15_000);

/** Says 100 MB in one turn, as fast as it can. */
export class ChattyBackend implements Backend {
  async startSession({ emit }: SessionOrder): Promise<Session> {
    emit({ type: "session-started", sessionId: "chatty", model: null });
    return {
      sessionId: "chatty",
      runTurn: async () => {
        for (let said = 0; said < messages; said += 1) {
          emit({ type: "message", role: "agent", text });
          if (said % 50 === 0) await setImmediate();
        }
        return { kind: "succeeded" };
      },
      interrupt: async () => undefined,
      close: async () => undefined,
    };
  }
}
