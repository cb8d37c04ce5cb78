import {
  AgentProgram,
  type AgentProgramListener,
  type AgentProgramOrder,
} from "@signalbox/process";
import { refusal } from "./answer-request.ts";
import { parseStreamMessage, requestIdOf } from "./parse-stream-message.ts";
import type { StreamMessage } from "./stream-message.ts";

/** Who listens to the program. */
export interface ConnectionListener extends Omit<AgentProgramListener, "onLine"> {
  readonly onMessage: (message: StreamMessage) => void;
}

/** Starts Claude Code, and refuses what it asks for in words that cannot be read. Rejects as `startProcess` does. */
export async function connect(
  order: AgentProgramOrder,
  listener: ConnectionListener,
): Promise<AgentProgram> {
  return AgentProgram.start(order, {
    ...listener,
    onLine: (line, program) => {
      const message = line.droppedBytes > 0 ? null : parseStreamMessage(line.text);
      if (message !== null) return listener.onMessage(message);
      const requestId = requestIdOf(line.text);
      if (requestId === null) return;
      const response = { ...refusal("The request cannot be read."), request_id: requestId };
      program.send({ type: "control_response", response });
    },
  });
}
