import type { JsonValue } from "@signalbox/contracts";
import * as v from "valibot";
import type { ServerRequest } from "./app-server.ts";
import type { Permissions } from "./codex-options.ts";

/** What a request of Codex comes to. */
export type RequestVerdict =
  | {
      readonly kind: "answer";
      readonly result: Readonly<Record<string, unknown>>;
      /** What was asked for. */
      readonly action: string;
      readonly isAllowed: boolean;
    }
  | { readonly kind: "tool"; readonly name: string; readonly input: JsonValue }
  /** Nobody but a person can answer. */
  | { readonly kind: "question"; readonly question: string }
  | { readonly kind: "refusal"; readonly message: string };

const text = v.fallback(v.string(), "");
const anyJson = v.custom<JsonValue>((value) => value !== undefined);

const command = v.object({ command: text, reason: text });
const fileChange = v.object({ reason: text, grantRoot: text });
const permissionRequest = v.object({
  reason: text,
  permissions: v.fallback(v.record(v.string(), v.unknown()), {}),
});
const toolCall = v.object({ tool: v.string(), arguments: v.optional(anyJson) });
const userInput = v.object({
  questions: v.fallback(
    v.array(
      v.object({
        question: text,
        options: v.fallback(v.nullable(v.array(v.object({ label: text }))), null),
      }),
    ),
    [],
  ),
});
const elicitation = v.object({ message: text, serverName: text });
const toolApproval = v.object({ _meta: v.object({ codex_approval_kind: v.string() }) });

/**
 * What is answered without a person. With `full`, whatever is asked for is allowed; else nothing is: what the sandbox
 * allows is not asked for, and what Codex does after an approval, it does without its sandbox.
 */
export function decideRequest(
  { method, params }: Pick<ServerRequest, "method" | "params">,
  permissions: Permissions,
): RequestVerdict {
  const isAllowed = permissions === "full";
  switch (method) {
    case "item/commandExecution/requestApproval":
      return decided(isAllowed, words("Run", read(command, params)?.command, params), {
        decision: isAllowed ? "accept" : "decline",
      });
    case "item/fileChange/requestApproval":
      return decided(
        isAllowed,
        words("Change files", read(fileChange, params)?.grantRoot, params),
        {
          decision: isAllowed ? "accept" : "decline",
        },
      );
    case "item/permissions/requestApproval": {
      const asked = read(permissionRequest, params)?.permissions ?? {};
      return decided(isAllowed, words("Get permissions", JSON.stringify(asked), params), {
        permissions: isAllowed ? asked : {},
        scope: "turn",
      });
    }
    case "mcpServer/elicitation/request":
      return decideElicitation(params, isAllowed);
    case "item/tool/requestUserInput":
      return { kind: "question", question: questionOf(params) };
    case "item/tool/call": {
      const call = read(toolCall, params);
      if (call === null) return { kind: "refusal", message: "The call of a tool cannot be read." };
      return { kind: "tool", name: call.tool, input: call.arguments ?? null };
    }
    default:
      return { kind: "refusal", message: `Signalbox does not know ${method}.` };
  }
}

/** An MCP server asks a person, or Codex asks in its name whether one of its tools may be used. */
function decideElicitation(params: unknown, isAllowed: boolean): RequestVerdict {
  const asked = read(elicitation, params);
  const said = asked?.message.trim() ?? "";
  const question = said === "" ? `The MCP server ${asked?.serverName ?? ""} asks.` : said;
  if (!v.is(toolApproval, params)) return { kind: "question", question };
  return decided(isAllowed, question, {
    action: isAllowed ? "accept" : "decline",
    content: isAllowed ? {} : null,
    _meta: null,
  });
}

function decided(
  isAllowed: boolean,
  action: string,
  result: Readonly<Record<string, unknown>>,
): RequestVerdict {
  return { kind: "answer", result, action, isAllowed };
}

function words(verb: string, what: string | undefined, params: unknown): string {
  const why = read(v.object({ reason: text }), params)?.reason ?? "";
  const action = [verb, what ?? ""].filter((word) => word !== "").join(" ");
  return why === "" ? action : `${action} (${why})`;
}

function questionOf(params: unknown): string {
  const questions = (read(userInput, params)?.questions ?? []).flatMap(({ question, options }) => {
    if (question.trim() === "") return [];
    const labels = (options ?? []).map(({ label }) => label).join(" / ");
    return [labels === "" ? question : `${question} (${labels})`];
  });
  return questions.length === 0 ? "The agent asks for a person." : questions.join("\n");
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, params: unknown): Output | null {
  const parsed = v.safeParse(schema, params);
  return parsed.success ? parsed.output : null;
}
