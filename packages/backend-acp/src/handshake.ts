import {
  type ClientContext,
  type McpServer,
  methods,
  PROTOCOL_VERSION,
  RequestError,
} from "@agentclientprotocol/sdk";
import { type BackendErrorCode, SignalboxError, type SessionOrder } from "@signalbox/contracts";
import * as v from "valibot";
import type { ResolvedOptions } from "./acp-options.ts";
import { type AgentCard, readAgentCard, readSessionCard, type SessionCard } from "./agent-card.ts";
import { clientCapabilities } from "./client-app.ts";
import { failureOf, messageOf } from "./failure-of.ts";

export interface HandshakeOrder {
  readonly agent: ClientContext;
  readonly options: ResolvedOptions;
  readonly session: Pick<SessionOrder, "cwd" | "resume" | "tools">;
  readonly environment: Readonly<Record<string, string>>;
}

/** What has come of it. */
export interface Handshake extends SessionCard {
  readonly sessionId: string;
  readonly isResumed: boolean;
  readonly notices: readonly Notice[];
}

interface Notice {
  readonly level: "info" | "warn";
  readonly text: string;
}

const authRequired = -32_000;

/** Agrees with the agent on version, login, session and mode. Rejects with a `SignalboxError`, or as the agent does. */
export async function shakeHands(order: HandshakeOrder): Promise<Handshake> {
  const { agent, options } = order;
  const card = readAgentCard(
    await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: clientCapabilities(options),
      clientInfo: { name: "signalbox", title: "Signalbox", version: "1" },
    }),
  );
  const method = authMethodOf(order);
  if (method !== null) await logIn(agent, method, card, options);
  const opened = await openSession(order, card);
  const mode = await setMode(order, opened);
  const notice = `${card.name}, ACP ${PROTOCOL_VERSION}, permissions ${options.permissions}, mode ${mode.current ?? "its own"}, repository's settings ${options.projectSettings ? "on" : settingsWord(options)}`;
  return {
    ...opened,
    notices: [{ level: "info", text: notice }, ...opened.notices, ...mode.notices],
  };
}

function settingsWord({ preset }: ResolvedOptions): string {
  return preset === null ? "as the agent likes" : "off";
}

function authMethodOf({ options, environment }: HandshakeOrder): string | null {
  if (options.authMethod !== null) return options.authMethod;
  const found = options.preset?.authByVariable.find(
    ({ variable }) => (environment[variable] ?? "") !== "",
  );
  return found?.method ?? null;
}

async function logIn(
  agent: ClientContext,
  methodId: string,
  card: AgentCard,
  options: ResolvedOptions,
): Promise<void> {
  const known = card.authMethods.map(({ id }) => id);
  if (!known.includes(methodId)) {
    const offered = known.length === 0 ? "none" : known.join(", ");
    if (options.authMethod === null) return;
    throw new SignalboxError<BackendErrorCode>(
      "auth",
      `${card.name} knows no login method ${methodId}`,
      { remedy: `Set backends.acp.auth_method to one that it offers: ${offered}.` },
    );
  }
  try {
    await agent.request(methods.agent.authenticate, { methodId });
  } catch (error) {
    if (error instanceof RequestError) throw loginError(card, error, options);
    throw error;
  }
}

async function openSession(
  order: HandshakeOrder,
  card: AgentCard,
): Promise<Omit<Handshake, "notices"> & { readonly notices: readonly Notice[] }> {
  const { session } = order;
  const { resume } = session;
  const notices: Notice[] = [];
  if (resume !== null) {
    const known = await goOn(order, card, resume);
    if ("card" in known) return { ...known.card, sessionId: resume, isResumed: true, notices };
    const text = `The session ${resume} cannot be resumed (${known.reason}): a new one begins.`;
    notices.push({ level: "warn", text });
  }
  try {
    const answer = await order.agent.request(methods.agent.session.new, place(order));
    const { sessionId } = v.parse(v.object({ sessionId: v.string() }), answer);
    return { ...readSessionCard(answer), sessionId, isResumed: false, notices };
  } catch (error) {
    if (isLoginError(error)) throw loginError(card, error, order.options);
    throw error;
  }
}

/** Goes on with a session, as far as the agent can. What it says of its past is not told again. */
async function goOn(
  order: HandshakeOrder,
  card: AgentCard,
  sessionId: string,
): Promise<{ readonly card: SessionCard } | { readonly reason: string }> {
  const method = card.canResume
    ? methods.agent.session.resume
    : card.canLoad
      ? methods.agent.session.load
      : null;
  const isKept = order.options.preset?.keepsSessions ?? true;
  if (method === null || !isKept) return { reason: `${card.name} does not keep sessions` };
  try {
    const answer = await order.agent.request(method, { ...place(order), sessionId });
    return { card: readSessionCard(answer) };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (isLoginError(error)) throw loginError(card, error, order.options);
    return { reason: messageOf(error) };
  }
}

function place({ options, session }: HandshakeOrder): {
  readonly cwd: string;
  readonly mcpServers: McpServer[];
  readonly _meta?: Record<string, unknown>;
} {
  const { mcp } = session.tools;
  const server: McpServer[] =
    mcp === null ? [] : [{ name: "signalbox", command: mcp.command, args: [...mcp.args], env: [] }];
  const meta = options.projectSettings ? null : (options.preset?.safeSessionMeta ?? null);
  return { cwd: session.cwd, mcpServers: server, ...(meta === null ? {} : { _meta: { ...meta } }) };
}

async function setMode(
  { agent, options }: HandshakeOrder,
  { sessionId, mode, modes }: Pick<Handshake, "sessionId" | "mode" | "modes">,
): Promise<{ readonly current: string | null; readonly notices: readonly Notice[] }> {
  const wanted = options.mode;
  if (wanted === null || wanted === mode) return { current: mode, notices: [] };
  if (modes.includes(wanted)) {
    await agent.request(methods.agent.session.setMode, { sessionId, modeId: wanted });
    return { current: wanted, notices: [] };
  }
  const offered = modes.length === 0 ? "none" : modes.join(", ");
  const text = `The agent has no mode ${wanted}. It has: ${offered}`;
  if (!options.isModeChosen) return { current: mode, notices: [{ level: "warn", text }] };
  throw new SignalboxError<BackendErrorCode>("setup", text, {
    remedy: "Correct backends.acp.mode, or leave it out.",
  });
}

function isLoginError(error: unknown): error is RequestError {
  if (!(error instanceof RequestError)) return false;
  if (error.code === authRequired) return true;
  const failure = failureOf(error, "");
  return failure.kind === "failed" && failure.code === "auth";
}

function loginError(
  card: AgentCard,
  error: RequestError,
  { preset }: ResolvedOptions,
): SignalboxError<BackendErrorCode> {
  const methodNames = card.authMethods.map(({ id, name }) => `${id} (${name})`).join(", ");
  const variables = preset?.passEnv.filter((name) => /KEY|TOKEN/.test(name)).join(", ") ?? "";
  const ways = [
    `log in by running ${card.name} by hand`,
    ...(variables === "" ? [] : [`set one of ${variables}`]),
    ...(methodNames === ""
      ? []
      : [`name one of its methods in backends.acp.auth_method: ${methodNames}`]),
  ];
  return new SignalboxError("auth", `${card.name} is not logged in: ${messageOf(error)}`, {
    remedy: `To give it a login, ${ways.join(", or ")}.`,
    cause: error,
  });
}
