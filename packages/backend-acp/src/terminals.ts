import { randomUUID } from "node:crypto";
import type {
  CreateTerminalRequest,
  TerminalExitStatus,
  TerminalOutputResponse,
} from "@agentclientprotocol/sdk";
import { SignalboxError, type SessionOrder } from "@signalbox/contracts";
import { type ManagedProcess, startProcess } from "@signalbox/process";
import { OutputTail } from "./output-tail.ts";
import { refused, type WorkspaceFiles } from "./workspace-files.ts";

/** At a time; ended ones count until the agent lets go of them. */
const maxTerminals = 32;
/** Kept of one, however much the agent wants to keep. */
const maxOutputBytes = 1024 * 1024;

interface Terminal {
  readonly output: OutputTail;
  readonly process: ManagedProcess;
  readonly ended: Promise<TerminalExitStatus>;
  status: TerminalExitStatus | null;
}

export interface TerminalsOrder {
  readonly session: SessionOrder;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: WorkspaceFiles;
  /** Something was printed. */
  readonly onOutput: () => void;
}

/** The commands that an agent runs through us: in its workspace, in its containment, and gone when the session ends. */
export class Terminals {
  readonly #order: TerminalsOrder;
  readonly #terminals = new Map<string, Terminal>();
  #starting = 0;
  #isClosed = false;

  constructor(order: TerminalsOrder) {
    this.#order = order;
  }

  async create(request: CreateTerminalRequest): Promise<string> {
    const { session, files } = this.#order;
    const cwd = await files.locate(request.cwd ?? session.cwd);
    if (this.#terminals.size + this.#starting >= maxTerminals) {
      throw refused(`There are ${maxTerminals} terminals: release one first.`);
    }
    this.#starting += 1;
    try {
      return await this.#start(request, cwd);
    } catch (error) {
      if (SignalboxError.isInstance(error)) throw refused(error.message);
      throw error;
    } finally {
      this.#starting -= 1;
    }
  }

  output(id: string): TerminalOutputResponse {
    const { output, status } = this.#find(id);
    return { output: output.text, truncated: output.isTruncated, exitStatus: status };
  }

  async waitForExit(id: string): Promise<TerminalExitStatus> {
    return this.#find(id).ended;
  }

  async kill(id: string): Promise<void> {
    await this.#find(id).process.stop("killed by the agent");
  }

  async release(id: string): Promise<void> {
    const terminal = this.#find(id);
    this.#terminals.delete(id);
    await terminal.process.stop("released by the agent");
  }

  /** Ends all that runs. Nothing can be started any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const terminals = [...this.#terminals.values()];
    this.#terminals.clear();
    await Promise.all(terminals.map(({ process }) => process.stop("session closed")));
  }

  async #start(request: CreateTerminalRequest, cwd: string): Promise<string> {
    const { session, environment, onOutput } = this.#order;
    const limit = request.outputByteLimit ?? maxOutputBytes;
    const output = new OutputTail(Math.min(Math.max(limit, 0), maxOutputBytes));
    const take = (chunk: Buffer): void => {
      onOutput();
      output.push(chunk);
    };
    const further = (request.env ?? []).map(({ name, value }) => [name, value] as const);
    const process = await startProcess({
      command: commandOf(request),
      cwd,
      environment: { ...environment, ...Object.fromEntries(further), ...session.environment },
      runMarker: session.environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(session.containment === undefined ? {} : { containment: session.containment }),
      graceMs: session.limits.graceMs,
      signal: session.signal,
      onStdout: take,
      onStderr: take,
    });
    const terminal: Terminal = {
      output,
      process,
      status: null,
      ended: process.exited.then(({ code, signal }) => {
        terminal.status = { exitCode: code, signal };
        return terminal.status;
      }),
    };
    if (this.#isClosed) {
      await process.stop("session closed");
      throw refused("The session is closed.");
    }
    const id = randomUUID();
    this.#terminals.set(id, terminal);
    return id;
  }

  #find(id: string): Terminal {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) throw refused("There is no such terminal.");
    return terminal;
  }
}

/** Without arguments, agents mean a line for a shell. */
function commandOf({ command, args = [] }: CreateTerminalRequest): [string, ...string[]] {
  return args.length === 0 && /[^\w./-]/.test(command) ? ["sh", "-c", command] : [command, ...args];
}
