import type { SessionOrder } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import type { ResolvedOptions } from "./acp-options.ts";
import type { AgentConnection } from "./agent-connection.ts";
import { type Handshake, shakeHands } from "./handshake.ts";
import { startFailure } from "./start-failure.ts";

export interface ConversationOrder {
  readonly connection: AgentConnection;
  /** When the agent has ended, and that is known. */
  readonly ended: Promise<ProcessExit>;
  readonly options: ResolvedOptions;
  readonly session: SessionOrder;
  readonly environment: Readonly<Record<string, string>>;
  readonly redact: (text: string) => string;
}

/**
 * Waits until the agent takes prompts, for `limits.startupTimeoutMs` at most. Rejects with a `SignalboxError`; the agent is
 * being stopped then.
 */
export async function beginConversation(order: ConversationOrder): Promise<Handshake> {
  const { connection, ended, options, session, environment, redact } = order;
  const { startupTimeoutMs } = session.limits;
  let isTooLate = false;
  const timer = setTimeout(() => {
    isTooLate = true;
    void connection.stop("startup timeout");
  }, startupTimeoutMs);
  try {
    return await shakeHands({ agent: connection.agent, options, session, environment });
  } catch (error) {
    // The agent's end rejects all that it was asked for: why it has ended says more.
    const exit = connection.isOpen ? null : await ended;
    void connection.stop("not started");
    throw startFailure(error, {
      exit,
      timeoutMs: isTooLate ? startupTimeoutMs : null,
      lastError: connection.lastError === null ? null : redact(connection.lastError),
      redact,
    });
  } finally {
    clearTimeout(timer);
  }
}
