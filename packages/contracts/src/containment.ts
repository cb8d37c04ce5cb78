/**
 * How the programs of one run are locked in. Plain JSON: the host makes it, and a backend hands it, unread, to whatever
 * starts its programs (`startProcess({ containment })` of `@signalbox/process`).
 */
export interface Containment {
  /** `bwrap`: a file system, processes and users of its own. `none`: the limits alone. */
  readonly tier: ContainmentTier;
  readonly network: "on" | "off" | "model";
  /** What can be seen beside the system's own folders. A later mount covers what an earlier one has at its path. */
  readonly mounts: readonly ContainmentMount[];
  readonly limits: ContainmentLimits;
  /** With `network: model`, the one way out; `null` otherwise. */
  readonly modelGate: ModelGate | null;
}

export type ContainmentTier = "none" | "bwrap";

export interface ContainmentMount {
  /** Absolute, as the program sees it. */
  readonly path: string;
  /** Absolute, what stands there. A missing one is an error. */
  readonly source: string;
  readonly access: "read" | "write";
}

export interface ContainmentLimits {
  /** Of the whole tree where a cgroup can be limited, else of the data of each process; `null`: no limit. */
  readonly memoryBytes: number | null;
  /** Processes and threads of the whole tree; `null`: no limit. */
  readonly processes: number | null;
  /** Of each process; `null`: no limit. */
  readonly cpuSeconds: number | null;
}

export interface ModelGate {
  /** Absolute path of a unix socket that takes `CONNECT host:port` and answers only for the model's endpoints. */
  readonly socket: string;
  /** Port on the inner loopback where HTTP proxy requests are taken. */
  readonly proxyPort: number;
  /** Ports of endpoints that are on the loopback themselves: each is found there inside, too. */
  readonly loopbackPorts: readonly number[];
}

/** What a sandbox has to let through for an agent, from its plugin and its options. */
export interface AgentNeeds {
  /** Below the user's home: lent by `sandbox.home: user`. */
  readonly loginPaths: readonly string[];
  /** Absolute: what the agent's command line itself names. Default: none. */
  readonly readablePaths?: readonly string[];
  /** URLs of the model's service: what `network: model` lets through. */
  readonly modelEndpoints: readonly string[];
}
