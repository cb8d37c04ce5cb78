import type { AgentEvent, SessionOrder } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import type { AppServer } from "./app-server.ts";
import type { ResolvedOptions } from "./codex-options.ts";
import { gitFolders } from "./git-folders.ts";
import { type Handshake, shakeHands } from "./handshake.ts";
import { startFailure } from "./start-failure.ts";
import { writableFolders } from "./writable-folders.ts";

export interface ThreadStart {
  readonly options: ResolvedOptions;
  readonly session: SessionOrder;
  readonly environment: Readonly<Record<string, string>>;
}

const brokenSandbox: AgentEvent = {
  type: "notice",
  level: "warn",
  text: "Codex's sandbox cannot start, so that commands fail: its home must not be below TMPDIR.",
};

/**
 * Waits until there is a thread that takes turns, for `limits.startupTimeoutMs` at most. Rejects with a `SignalboxError`;
 * the server is to be stopped then.
 * @param ended when the server has ended, and that is known
 */
export async function beginThread(
  server: AppServer,
  ended: Promise<ProcessExit>,
  { session, options, environment }: ThreadStart,
): Promise<Handshake> {
  const { startupTimeoutMs } = session.limits;
  let isTooLate = false;
  const timer = setTimeout(() => {
    isTooLate = true;
    void server.program.stop("startup timeout");
  }, startupTimeoutMs);
  try {
    const folders = writableFolders(await gitFolders(session.cwd), session.containment);
    const thread = { options, session, environment, gitFolders: folders };
    const begun = await Promise.race([shakeHands(server, thread, session.resume), ended]);
    if (!("thread" in begun)) {
      const timeoutMs = isTooLate ? startupTimeoutMs : null;
      throw startFailure(begun, { timeoutMs, error: server.program.lastError });
    }
    const isBroken = options.permissions !== "full" && server.program.hasWarned("PATH aliases");
    return isBroken ? { ...begun, notices: [...begun.notices, brokenSandbox] } : begun;
  } finally {
    clearTimeout(timer);
  }
}
