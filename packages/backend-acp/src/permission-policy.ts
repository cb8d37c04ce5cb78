import type {
  PermissionOption,
  PermissionOptionKind,
  RequestPermissionOutcome,
} from "@agentclientprotocol/sdk";
import type { Permissions } from "./acp-options.ts";
import type { ToolCallReport } from "./session-update.ts";

export type PermissionDecision =
  | { readonly kind: "allowed" | "denied"; readonly outcome: RequestPermissionOutcome }
  /** Nobody but a person can choose. */
  | { readonly kind: "ask"; readonly question: string };

const harmless = new Set(["read", "search", "think"]);
const changing = new Set(["edit", "delete", "move"]);

/**
 * Whether the agent may do what it asks for.
 * @param isWritable whether a file there may be changed
 */
export async function decidePermission(
  permissions: Permissions,
  call: ToolCallReport,
  options: readonly PermissionOption[],
  isWritable: (path: string) => Promise<boolean>,
): Promise<PermissionDecision> {
  const once = options.filter(({ kind }) => kind === "allow_once");
  const isAction =
    harmless.has(call.kind ?? "") || changing.has(call.kind ?? "") || call.kind === "execute";
  if (once.length > 1 && !isAction) return { kind: "ask", question: questionOf(call, options) };
  const isAllowed = await isAllowedBy(permissions, call, isWritable);
  const option = isAllowed
    ? find(options, permissions === "full" ? ["allow_once", "allow_always"] : ["allow_once"])
    : undefined;
  if (option !== undefined) return { kind: "allowed", outcome: select(option) };
  const refusal = find(options, ["reject_once", "reject_always"]);
  return {
    kind: "denied",
    outcome: refusal === undefined ? { outcome: "cancelled" } : select(refusal),
  };
}

async function isAllowedBy(
  permissions: Permissions,
  call: ToolCallReport,
  isWritable: (path: string) => Promise<boolean>,
): Promise<boolean> {
  const kind = call.kind ?? "other";
  if (permissions === "full" || harmless.has(kind)) return true;
  if (permissions === "read-only") return false;
  if (!changing.has(kind)) return true;
  const places = await Promise.all([...pathsOf(call)].map(isWritable));
  return places.every(Boolean);
}

/** What the call says that it will change. */
function pathsOf({ locations, content }: ToolCallReport): Set<string> {
  const changed = content.flatMap(({ type, path }) =>
    type === "diff" && path !== null ? [path] : [],
  );
  return new Set([...locations.map(({ path }) => path), ...changed]);
}

/** By kind alone: the order and the names of options say nothing. */
function find(
  options: readonly PermissionOption[],
  kinds: readonly PermissionOptionKind[],
): PermissionOption | undefined {
  return kinds
    .map((wanted) => options.find(({ kind }) => kind === wanted))
    .find((option) => option !== undefined);
}

function select({ optionId }: PermissionOption): RequestPermissionOutcome {
  return { outcome: "selected", optionId };
}

function questionOf({ title }: ToolCallReport, options: readonly PermissionOption[]): string {
  return `${title ?? "The agent asks for a person."} (${options.map(({ name }) => name).join(" / ")})`;
}
