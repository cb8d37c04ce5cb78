import { hostname } from "node:os";
import type { WorkflowConfig } from "@signalbox/contracts";
import type { Problem } from "@signalbox/orchestrator";
import { nameOf } from "@signalbox/views";
import { stateReport, type ProblemFields } from "../status/status-report.ts";
import { version } from "../version.ts";
import { carryOutOrder } from "./carry-out-order.ts";
import { drain } from "./drain.ts";
import { StandingServer } from "./standing-server.ts";
import type { Operable } from "./operable.ts";
import { controlVersion, type ControlRequest } from "./protocol.ts";

const maxProblems = 20;

export interface ControlOptions {
  readonly config: WorkflowConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Does what the first SIGINT does. */
  readonly drain: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The way by which a daemon takes orders. */
export interface Control {
  /** Once the orchestrator has ended: tells those who wait for that, and lets go of the socket. */
  close(): Promise<void>;
}

/**
 * Lets a daemon take orders from the moment on that it has the journal: a second daemon, which gets none, takes no
 * socket either. Where there can be no socket, the daemon goes on without.
 */
export function attachControl(orchestrator: Operable, options: ControlOptions): Control {
  const problems: ProblemFields[] = [];
  const over = new AbortController();
  const since = Date.now();
  let server: StandingServer | null = null;
  orchestrator.on("problem", (problem) => {
    problems.push(fieldsOf(problem, orchestrator));
    if (problems.length > maxProblems) problems.shift();
  });
  const carryOut = async (
    request: ControlRequest,
    progress: (text: string) => void,
    gone: AbortSignal,
  ): Promise<unknown> => {
    switch (request.verb) {
      case "status":
        return stateReport(orchestrator.state, Date.now(), problems, orchestrator.journalTrouble);
      case "drain":
        return drain(request, orchestrator, {
          begin: options.drain,
          progress,
          gone,
          over: over.signal,
        });
      case "stop":
      case "retry":
      case "release":
      case "answer":
        return carryOutOrder(request, orchestrator, AbortSignal.any([gone, over.signal]));
    }
  };
  const open = (): void => {
    orchestrator.off("state_change", open);
    const { config, environment, onFailure } = options;
    const { epoch } = orchestrator.state;
    const workflow = config.source.path;
    const hello = {
      type: "hello",
      v: controlVersion,
      pid: process.pid,
      host: hostname(),
      epoch,
      since,
    } as const;
    const said = { ...hello, version: version(), workflow };
    const place = { stateDir: config.stateDir, environment };
    server = new StandingServer({ ...place, hello: said, carryOut }, onFailure);
  };
  orchestrator.on("state_change", open);
  return {
    close: async () => {
      orchestrator.off("state_change", open);
      over.abort();
      await server?.close().catch(options.onFailure);
    },
  };
}

function fieldsOf(problem: Problem, { state }: Operable): ProblemFields {
  const { code, message, remedy, issueId } = problem;
  return {
    at: Date.now(),
    code,
    message,
    remedy,
    issue_id: issueId,
    issue_identifier: issueId === null ? null : nameOf(state, issueId).identifier,
  };
}
