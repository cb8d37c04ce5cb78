import { PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";
import * as v from "valibot";

const optional = <Output>(schema: v.GenericSchema<unknown, Output>, otherwise: Output) =>
  v.fallback(v.optional(schema, otherwise), otherwise);
const text = v.fallback(v.optional(v.nullable(v.string()), null), null);

const capability = v.fallback(
  v.pipe(
    v.optional(v.unknown()),
    v.transform((value) => typeof value === "object" && value !== null),
  ),
  false,
);
const card = v.object({
  protocolVersion: v.number(),
  agentInfo: v.fallback(v.nullish(v.object({ name: text, title: text, version: text })), null),
  agentCapabilities: v.fallback(
    v.nullish(
      v.object({
        loadSession: optional(v.boolean(), false),
        sessionCapabilities: v.fallback(v.nullish(v.object({ resume: capability })), null),
      }),
    ),
    null,
  ),
  authMethods: optional(v.array(v.object({ id: v.string(), name: v.string() })), []),
});

/** What an agent says of itself. */
export interface AgentCard {
  /** With its version, for messages. */
  readonly name: string;
  readonly canLoad: boolean;
  readonly canResume: boolean;
  readonly authMethods: readonly { readonly id: string; readonly name: string }[];
}

/** Throws a `SignalboxError` where it is not an agent that can be spoken with. */
export function readAgentCard(answer: unknown): AgentCard {
  const read = v.safeParse(card, answer);
  if (!read.success) throw protocolError("Its answer to initialize says no protocol version");
  const { agentInfo, agentCapabilities, authMethods, protocolVersion } = read.output;
  const name = agentInfo?.title ?? agentInfo?.name ?? "The agent";
  const fullName = agentInfo?.version == null ? name : `${name} ${agentInfo.version}`;
  if (protocolVersion !== PROTOCOL_VERSION) {
    throw protocolError(
      `${fullName} speaks version ${protocolVersion} of the Agent Client Protocol, and this is ${PROTOCOL_VERSION}`,
    );
  }
  return {
    name: fullName,
    canLoad: agentCapabilities?.loadSession ?? false,
    canResume: agentCapabilities?.sessionCapabilities?.resume ?? false,
    authMethods,
  };
}

const sessionCard = v.object({
  modes: v.fallback(
    v.nullish(
      v.object({
        currentModeId: v.string(),
        availableModes: v.array(v.object({ id: v.string() })),
      }),
    ),
    null,
  ),
  models: v.fallback(v.nullish(v.object({ currentModelId: v.string() })), null),
  configOptions: optional(v.array(v.object({ category: text, currentValue: v.unknown() })), []),
});

/** What an agent says of a session. */
export interface SessionCard {
  /** The id of the mode that it is in; `null` where it has none. */
  readonly mode: string | null;
  readonly modes: readonly string[];
  readonly model: string | null;
}

export function readSessionCard(answer: unknown): SessionCard {
  const read = v.safeParse(sessionCard, answer);
  if (!read.success) return { mode: null, modes: [], model: null };
  const { modes, models, configOptions } = read.output;
  const chosen = configOptions.find(({ category }) => category === "model")?.currentValue;
  return {
    mode: modes?.currentModeId ?? null,
    modes: modes?.availableModes.map(({ id }) => id) ?? [],
    model: models?.currentModelId ?? (typeof chosen === "string" ? chosen : null),
  };
}

function protocolError(message: string): SignalboxError<BackendErrorCode> {
  return new SignalboxError("agent-protocol", message, {
    remedy:
      "Use a version of the agent that speaks version 1 of the protocol on its standard output.",
  });
}
