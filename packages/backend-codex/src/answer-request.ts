import type { AgentTools } from "@signalbox/contracts";
import type { AppServer, ServerRequest } from "./app-server.ts";
import { callTool } from "./call-tool.ts";
import type { Permissions } from "./codex-options.ts";
import { decideRequest } from "./decide-request.ts";
import type { SessionReport } from "./session-report.ts";

/** Who has a part in the answer. */
export interface AnswerContext {
  readonly permissions: Permissions;
  /** `null` while there is no session yet. */
  readonly report: SessionReport | null;
  readonly tools: AgentTools;
  /** Aborts the call of a tool. */
  readonly signal: AbortSignal;
  /** A person has to answer: to end the turn, before Codex hears that nobody does. */
  readonly onQuestion: (question: string) => void;
}

/** Answers a request of Codex, whatever it is: without an answer, it would wait for ever. */
export function answerRequest(
  server: AppServer,
  { id, method, params }: ServerRequest,
  { permissions, report, tools, signal, onQuestion }: AnswerContext,
): void {
  const verdict = decideRequest({ method, params }, permissions);
  switch (verdict.kind) {
    case "answer": {
      const decision = verdict.isAllowed ? "allowed" : "denied";
      report?.tell({ type: "approval-requested", action: verdict.action, decision });
      return server.answer(id, verdict.result);
    }
    case "tool": {
      const call = callTool(tools, verdict.name, verdict.input, signal);
      return void call.then((result) => server.answer(id, result));
    }
    case "question":
      onQuestion(verdict.question);
      return server.refuse(id, "A person has been asked.");
    case "refusal":
      server.refuse(id, verdict.message);
      return report?.warn(`Codex asked for what it cannot get: ${method}.`);
  }
}
