import { createHash } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, normalize, sep } from "node:path";
import {
  type AgentNeeds,
  type Containment,
  type ContainmentMount,
  SignalboxError,
  type WorkflowConfig,
  type Workspace,
} from "@signalbox/contracts";
import { ToolServer, type RunTools } from "@signalbox/agent-tools";
import { chooseContainment } from "@signalbox/process";
import { agentFolder, AgentRepository } from "@signalbox/workspaces";
import { ensurePrivateFolder } from "./control/socket-path.ts";
import { writeIdentity } from "./git-identity.ts";
import { ModelGateServer } from "./model-gate-server.ts";
import { OutsideWatch } from "./outside-watch.ts";

const megabyte = 1024 * 1024;
/** Leaves room for the name of a socket, of whose path the kernel takes 107 bytes. */
const maxTemporaryBytes = 80;
const noNeeds: AgentNeeds = { loginPaths: [], modelEndpoints: [] };

export interface AgentPlaceOrder {
  readonly config: WorkflowConfig;
  readonly workspace: Workspace;
  readonly stateDir: string;
  /** `null`: the backend does not start its programs in sandboxes. */
  readonly needs: AgentNeeds | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the agent may call; `null`: nothing. */
  readonly tools: RunTools | null;
  /** Somebody has tried to call tools who may not. */
  readonly onRefused: (why: string) => void;
}

interface PlaceParts extends Pick<
  AgentPlace,
  "environment" | "containment" | "description" | "tools"
> {
  readonly temporary: string;
  readonly repository: AgentRepository | null;
  readonly gate: ModelGateServer | null;
  readonly watch: OutsideWatch | null;
}

/** Where the agent of one run lives: its home, its folder for temporary files, and what it is locked in with. */
export class AgentPlace {
  /** Variables that lead an agent there, in a sandbox or not. */
  readonly environment: Readonly<Record<string, string>>;
  readonly containment: Containment;
  /** What holds the agent, in words, and why it is nothing better; `null` where nothing was asked for. */
  readonly description: string | null;
  /** Where programs of the agent call the run's tools; `null` where there are none. */
  readonly tools: ToolServer | null;
  readonly #parts: PlaceParts;

  private constructor(parts: PlaceParts) {
    this.environment = parts.environment;
    this.containment = parts.containment;
    this.description = parts.description;
    this.tools = parts.tools;
    this.#parts = parts;
  }

  /** Rejects with `containment_unavailable` where what the workflow file asks for by name cannot be had. */
  static async open(order: AgentPlaceOrder, signal: AbortSignal): Promise<AgentPlace> {
    const { config, environment, stateDir, workspace } = order;
    const { sandbox } = config;
    const needs = order.needs ?? noNeeds;
    const { tier, because } = await chooseContainment(sandbox, order.needs !== null);
    const home = join(agentFolder(stateDir, workspace.key), "home");
    const temporary = temporaryFolder(stateDir, workspace.key);
    await makeFolders(home, temporary);
    const { repository: origin } = config.workspace;
    const kept = join(stateDir, "git-identity");
    await writeIdentity({ home, kept, repository: origin, environment }, signal);
    const userHome = environment["HOME"] ?? homedir();
    const logins = sandbox.home === "user" ? loginsOf(needs, userHome, home) : [];
    const isLocked = tier === "bwrap";
    await (isLocked ? unlink(logins, home) : link(logins, home));
    const inSandbox = { stateDir, workspace, environment };
    const repository = isLocked ? await AgentRepository.open(inSandbox, signal) : null;
    const gate =
      sandbox.network === "model"
        ? await ModelGateServer.listen(join(temporary, "model.sock"), endpointsOf(config, needs))
        : null;
    const tools = await openTools(order, join(temporary, "tools"));
    const places = [
      ...[...(sandbox.readable ?? []), ...(needs.readablePaths ?? [])]
        .filter((path) => existsSync(path))
        .map((path) => mount(path, "read")),
      mount(workspace.path, "write"),
      mount(home, "write"),
      ...logins,
      { path: "/tmp", source: join(temporary, "tmp"), access: "write" } as const,
      mount(temporary, "write"),
      ...(tools?.readablePaths ?? []).map((path) => mount(path, "read")),
      ...(repository?.mounts ?? []),
    ];
    return new AgentPlace({
      environment: { ...placeVariables(home, temporary), ...gate?.environment },
      containment: {
        tier,
        network: sandbox.network,
        mounts: isLocked ? places : [],
        limits: limitsOf(config),
        modelGate: gate?.gate ?? null,
      },
      description: describe(tier, sandbox.network, because),
      tools,
      temporary,
      repository,
      gate,
      watch: isLocked
        ? null
        : new OutsideWatch({ userHome, stateDir, repository: config.workspace.repository }),
    });
  }

  /** Takes over what the agent has committed; to be called before anybody looks at its workspace. */
  async publish(signal: AbortSignal): Promise<void> {
    await this.#parts.repository?.publish(signal);
  }

  /** Absolute paths of what runs by itself and was changed meanwhile; where nothing keeps an agent from it. */
  changedOutside(): readonly string[] {
    return this.#parts.watch?.changes() ?? [];
  }

  /** Nothing of the agent may be alive. */
  async close(): Promise<void> {
    await this.tools?.close();
    await this.#parts.gate?.close();
    await rm(this.#parts.temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

function describe(
  tier: Containment["tier"],
  network: string,
  because: string | null,
): string | null {
  if (tier === "bwrap") return `The agent runs in the sandbox bwrap, network ${network}.`;
  return because === null ? null : `The agent runs in no sandbox: ${because}.`;
}

/** Short, since programs put sockets there. One a workspace, so that what a killed run has left is found by the next. */
function temporaryFolder(stateDir: string, key: string): string {
  const user = process.getuid?.() ?? 0;
  const hash = createHash("sha256").update(`${stateDir}\0${key}`).digest("hex").slice(0, 12);
  const below = join(`signalbox-agents-${user}`, hash);
  const isShort = Buffer.byteLength(join(tmpdir(), below)) <= maxTemporaryBytes;
  return join(isShort ? tmpdir() : "/tmp", below);
}

async function openTools(
  { tools, onRefused }: AgentPlaceOrder,
  folder: string,
): Promise<ToolServer | null> {
  return tools === null ? null : ToolServer.open({ folder, tools, onRefused });
}

async function makeFolders(home: string, temporary: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  ensurePrivateFolder(dirname(temporary));
  await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(join(temporary, "tmp"), { recursive: true, mode: 0o700 });
  await mkdir(join(temporary, "runtime"), { mode: 0o700 });
}

function placeVariables(home: string, temporary: string): Record<string, string> {
  return {
    HOME: home,
    TMPDIR: temporary,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local", "share"),
    XDG_STATE_HOME: join(home, ".local", "state"),
    XDG_RUNTIME_DIR: join(temporary, "runtime"),
  };
}

/** What exists of the backend's login files; a path that leads out of the user's home is not lent. */
function loginsOf(needs: AgentNeeds, userHome: string, home: string): readonly ContainmentMount[] {
  return needs.loginPaths
    .map((path) => normalize(path))
    .filter((path) => path !== "." && !path.startsWith("..") && !path.startsWith(sep))
    .map((path): ContainmentMount => {
      return { path: join(home, path), source: join(userHome, path), access: "write" };
    })
    .filter(({ source }) => existsSync(source));
}

/** Without a sandbox, links lead to them. What the agent has put in their place stays. */
async function link(logins: readonly ContainmentMount[], home: string): Promise<void> {
  for (const { path, source } of logins) {
    if (dirname(path) !== home) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) {
      await rm(path, { force: true });
      await symlink(source, path);
    }
  }
}

/** Removes links where logins are to be mounted: bubblewrap would follow them, from outside of the sandbox. */
async function unlink(logins: readonly ContainmentMount[], home: string): Promise<void> {
  for (const { path } of logins) {
    let place = home;
    for (const name of path.slice(home.length + 1).split(sep)) {
      place = join(place, name);
      const found = lstatSync(place, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) await rm(place);
    }
  }
}

function endpointsOf({ sandbox }: WorkflowConfig, needs: AgentNeeds): readonly [URL, ...URL[]] {
  const [first, ...rest] = [...needs.modelEndpoints, ...(sandbox.modelEndpoints ?? [])];
  if (first !== undefined) return [new URL(first), ...rest.map((url) => new URL(url))];
  throw new SignalboxError(
    "containment_unavailable",
    "`sandbox.network: model` cannot be had: the backend does not say where its model is",
    { remedy: "Name its URLs in `sandbox.model_endpoints`, or write `on` or `off`." },
  );
}

function limitsOf({ sandbox }: WorkflowConfig): Containment["limits"] {
  const { memoryMb = 0, processes = 0, cpuSeconds = 0 } = sandbox.limits ?? {};
  return {
    memoryBytes: memoryMb === 0 ? null : memoryMb * megabyte,
    processes: processes === 0 ? null : processes,
    cpuSeconds: cpuSeconds === 0 ? null : cpuSeconds,
  };
}

function mount(path: string, access: ContainmentMount["access"]): ContainmentMount {
  return { path, source: path, access };
}
