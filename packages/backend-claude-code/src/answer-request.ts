import type { AgentEvent } from "@signalbox/contracts";
import type { Permissions } from "./claude-code-options.ts";
import { decidePermission } from "./permission-policy.ts";
import type { ControlRequest } from "./stream-message.ts";

export interface RequestAnswer {
  readonly response: Readonly<Record<string, unknown>>;
  /** What there is to tell. */
  readonly event: AgentEvent | null;
  /** What only a person can answer: the turn ends with it. */
  readonly question: string | null;
}

/** The answer to whatever the program asks. It waits for one: a request that is not known is refused. */
export function answerRequest(
  request: ControlRequest["request"],
  permissions: Permissions,
): RequestAnswer {
  if (request.subtype !== "can_use_tool") {
    const response = refusal(`Unsupported request: ${request.subtype}`);
    return { response, event: null, question: null };
  }
  const { tool_name, description, input } = request;
  const decision = decidePermission(permissions, request);
  if (decision.kind === "ask") {
    const { question } = decision;
    return {
      response: permission({
        behavior: "deny",
        message: "A person has been asked.",
        interrupt: true,
      }),
      event: { type: "input-requested", question },
      question,
    };
  }
  const isAllowed = decision.kind === "allow";
  return {
    response: permission(
      isAllowed
        ? { behavior: "allow", updatedInput: input }
        : { behavior: "deny", message: decision.message },
    ),
    event: {
      type: "approval-requested",
      action: description === null ? tool_name : `${tool_name}: ${description}`,
      decision: isAllowed ? "allowed" : "denied",
    },
    question: null,
  };
}

/** A request that cannot be met. */
export function refusal(error: string): Readonly<Record<string, unknown>> {
  return { subtype: "error", error };
}

function permission(
  response: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { subtype: "success", response };
}
