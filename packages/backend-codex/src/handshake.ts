import type { AgentEvent } from "@signalbox/contracts";
import * as v from "valibot";
import type { AppServer } from "./app-server.ts";
import type { RpcReply } from "./app-server-message.ts";
import { notLoggedIn, protocolFailure, testedVersion } from "./start-failure.ts";
import {
  parseThreadAnswer,
  settingsProblem,
  settingsText,
  type ThreadAnswer,
  type ThreadOrder,
  threadParameters,
} from "./thread-settings.ts";

export interface Handshake {
  readonly thread: ThreadAnswer;
  /** The account that usage and quotas are counted on. */
  readonly pool: string;
  readonly notices: readonly AgentEvent[];
}

const clientInfo = { name: "signalbox", title: "Signalbox", version: "1" };
/** Said often, of no use here, and one of them as long as all that a turn has changed. */
const unwanted = ["turn/diff/updated", "thread/readState/changed", "thread/status/changed"];

const initialized = v.object({
  userAgent: v.pipe(v.string(), v.regex(/^[^/]+\/\d+\.\d+\.\d+/)),
});
const account = v.object({
  account: v.nullable(v.object({ type: v.string() })),
  requiresOpenaiAuth: v.boolean(),
});
const unknownThread = /no rollout found|invalid (?:session|thread) id|thread not found/i;

/**
 * Brings the server to a thread that can take a turn: the one to `resume`, or a new one where that is not known any
 * more. Rejects with `agent-protocol` or `auth`.
 */
export async function shakeHands(
  server: AppServer,
  order: ThreadOrder,
  resume: string | null,
): Promise<Handshake> {
  const version = await initialize(server);
  const notices: AgentEvent[] = [];
  const warn = (text: string): void => void notices.push({ type: "notice", level: "warn", text });
  if (version !== testedVersion) {
    warn(`Codex ${version} is in use; ${testedVersion} is what was tested.`);
  }
  const parameters = threadParameters(order);
  let reply: RpcReply | null = null;
  if (resume !== null) {
    const resumption = { ...parameters, threadId: resume, excludeTurns: true };
    reply = await server.call("thread/resume", resumption);
    if (reply.kind === "refused" && unknownThread.test(reply.message)) {
      warn(`Codex does not know the session ${resume} any more: a new one begins.`);
      reply = null;
    }
  }
  const thread = threadOf(reply ?? (await server.call("thread/start", parameters)), order);
  const text = `Codex ${version}, ${settingsText(thread, order.options)}`;
  notices.unshift({ type: "notice", level: "info", text });
  return { thread, pool: await poolOf(server, order, thread), notices };
}

async function initialize(server: AppServer): Promise<string> {
  const reply = await server.call("initialize", {
    clientInfo,
    capabilities: { experimentalApi: true, optOutNotificationMethods: unwanted },
  });
  if (reply.kind === "refused") throw protocolFailure(`Codex refuses to begin: ${reply.message}`);
  const answer = v.safeParse(initialized, reply.result);
  if (!answer.success) throw protocolFailure("Codex does not say which version it is.");
  server.notify("initialized");
  return /\/(\S+)/.exec(answer.output.userAgent)?.[1] ?? "";
}

function threadOf(reply: RpcReply, { options }: ThreadOrder): ThreadAnswer {
  if (reply.kind === "refused") {
    throw protocolFailure(`Codex refuses to begin a session: ${reply.message}`);
  }
  const thread = parseThreadAnswer(reply.result);
  if (thread === null) throw protocolFailure("Codex does not say which session it has begun.");
  const problem = settingsProblem(thread, options);
  if (problem !== null) throw protocolFailure(problem);
  return thread;
}

async function poolOf(
  server: AppServer,
  { options }: ThreadOrder,
  { modelProvider }: ThreadAnswer,
): Promise<string> {
  if (options.pool !== null) return options.pool;
  if (modelProvider !== "openai") return modelProvider === "" ? "codex" : modelProvider;
  const reply = await server.call("account/read", {});
  const answer = reply.kind === "result" ? v.safeParse(account, reply.result) : null;
  if (answer?.success !== true) return "codex";
  const { account: login, requiresOpenaiAuth } = answer.output;
  if (login === null) {
    if (requiresOpenaiAuth) throw notLoggedIn();
    return "codex";
  }
  return login.type === "apiKey" ? "openai" : "codex-plan";
}
