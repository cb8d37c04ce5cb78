import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Containment } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fixtureCommand, startFixture } from "../__fixtures__/start-fixture.ts";
import {
  agentEnvironment,
  type CommandResult,
  describeContainment,
  type ManagedProcess,
  runCommand,
} from "../index.ts";

const means = await describeContainment();
const fixtures = fileURLToPath(new URL("../__fixtures__", import.meta.url));
const unlimited = { memoryBytes: null, processes: null, cpuSeconds: null };

let folder: string;
let workspace: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-bwrap-")));
  workspace = join(folder, "workspace");
  await mkdir(workspace);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function containment(overrides: Partial<Containment> = {}): Containment {
  return {
    tier: "bwrap",
    network: "on",
    mounts: [
      { path: workspace, source: workspace, access: "write" },
      { path: fixtures, source: fixtures, access: "read" },
    ],
    limits: unlimited,
    modelGate: null,
    ...overrides,
  };
}

function run(script: string, overrides: Partial<Containment> = {}): Promise<CommandResult> {
  return runCommand({
    command: ["sh", "-c", script],
    cwd: workspace,
    environment: agentEnvironment({ from: process.env }),
    runMarker: null,
    containment: containment(overrides),
    timeoutMs: 20_000,
    graceMs: 500,
  });
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

// Skipped where bubblewrap cannot be had: `describeContainment` says why.
describe.skipIf(means.tier !== "bwrap")("the tier bwrap", () => {
  it("R-518 shows the workspace, and nothing of the user's home or beside the workspace", async () => {
    await writeFile(join(folder, "secret"), "token");
    const { stdout } = await run(
      `ls ${folder}; cat ${folder}/secret 2>&1; ls -A ${homedir()} 2>/dev/null; ls -A /root /home /var 2>/dev/null; pwd`,
    );
    const lines = stdout.text.trim().split("\n");
    expect(lines[0]).toBe("workspace");
    expect(lines[1]).toMatch(/No such file/);
    expect(lines.at(-1)).toBe(workspace);
    const shown = lines.slice(2, -1).filter((line) => line !== "" && !line.startsWith("/"));
    // At most what leads to the tools that the PATH names.
    expect(shown.filter((name) => !process.env["PATH"]?.includes(name))).toEqual([]);
  });

  it("refuses every write outside of the workspace and its own /tmp", async () => {
    const places = ["/usr/x", "/etc/x", "/x", `${fixtures}/x`, "/proc/sys/x", "/dev/x"];
    const script = `for place in ${places.join(" ")}; do (: >$place) 2>/dev/null && echo wrote $place; done; echo kept >file; echo gone >/tmp/x; (: >${folder}/x); cat file`;
    const { stdout } = await run(script);
    expect(stdout.text.replace("wrote /dev/x\n", "")).toBe("kept\n");
    expect(await readdir(workspace)).toEqual(["file"]);
    expect(await readdir(folder)).toEqual(["workspace"]);
    expect(existsSync("/tmp/x")).toBe(false);
  });

  it("runs without privileges, and never as root", async () => {
    const { stdout } = await run("id -u; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status");
    const [user, ...rest] = stdout.text.trim().split("\n");
    expect(user).not.toBe("0");
    expect(rest.map((line) => line.split(/\s+/)[1])).toEqual(["0".repeat(16), "0".repeat(16), "1"]);
  });

  it("sees no process but its own", async () => {
    const { stdout } = await run("ls /proc | grep -c '^[0-9]'; kill -0 -1 2>&1; echo");
    expect(Number(stdout.text.split("\n")[0])).toBeLessThan(8);
  });

  it("passes input, output and the exit code", async () => {
    const result = await runCommand({
      command: ["sh", "-c", "cat; echo out; echo error >&2; exit 7"],
      cwd: workspace,
      environment: agentEnvironment({ from: process.env }),
      runMarker: null,
      containment: containment(),
      stdin: "in\n",
      timeoutMs: 20_000,
      graceMs: 500,
    });
    expect(result.exit.code).toBe(7);
    expect([result.stdout.text, result.stderr.text]).toEqual(["in\nout\n", "error\n"]);
  });

  it("finds programs that the PATH names, wherever they stand, with their packages", async () => {
    const tools = join(folder, "prefix", "bin");
    const packages = join(folder, "prefix", "lib", "node_modules", "tool");
    await mkdir(tools, { recursive: true });
    await mkdir(packages, { recursive: true });
    await writeFile(join(packages, "main.sh"), "echo from the package\n");
    await writeFile(join(tools, "tool"), `#!/bin/sh\n. ${packages}/main.sh\n`, { mode: 0o755 });
    const result = await runCommand({
      command: ["tool"],
      cwd: workspace,
      environment: { PATH: `${tools}:/usr/bin:/bin` },
      runMarker: null,
      containment: containment(),
      timeoutMs: 20_000,
      graceMs: 500,
    });
    expect(result.stdout.text).toBe("from the package\n");
    expect(dirname(tools)).toContain(folder);
  });

  it("R-518 shows a program that is elsewhere, and not what stands beside it", async () => {
    const programs = join(folder, "home");
    await mkdir(programs);
    await writeFile(join(programs, "agent"), `#!/bin/sh\nls ${programs} ${folder}\n`, {
      mode: 0o755,
    });
    await writeFile(join(programs, "secret"), "token");
    await symlink(join(programs, "agent"), join(folder, "link"));
    const result = await runCommand({
      command: [join(folder, "link")],
      cwd: workspace,
      environment: { PATH: "/usr/bin:/bin" },
      runMarker: null,
      containment: containment(),
      timeoutMs: 20_000,
      graceMs: 500,
    });
    expect(result.stdout.text.split("\n").filter((line) => /^\w+$/.test(line))).toEqual([
      "home",
      "link",
      "workspace",
      "agent",
    ]);
  });

  it("shows a program that a shell starts in its turn as it shows the shell", async () => {
    const hidden = join(folder, "hidden");
    await mkdir(hidden);
    await writeFile(join(hidden, "agent"), "#!/bin/sh\necho started\n", { mode: 0o755 });
    await symlink(join(hidden, "agent"), join(folder, "link"));
    const order = {
      command: ["sh", "-c", 'exec "$1"', "sh", join(folder, "link")] as const,
      cwd: workspace,
      environment: { PATH: "/usr/bin:/bin" },
      runMarker: null,
      containment: containment(),
      timeoutMs: 20_000,
      graceMs: 500,
    };
    const unnamed = await runCommand({ ...order });
    expect(unnamed.exit.code).toBe(127);
    const named = await runCommand({ ...order, programs: [join(folder, "link")] });
    expect(named.stdout.text).toBe("started\n");
  });

  it("leaves a program's own packages in the workspace as writable as the rest", async () => {
    const packages = join(workspace, "node_modules", ".bin");
    await mkdir(packages, { recursive: true });
    await writeFile(join(packages, "agent"), "#!/bin/sh\necho new >node_modules/new\n", {
      mode: 0o755,
    });
    const result = await runCommand({
      command: ["./node_modules/.bin/agent"],
      cwd: workspace,
      environment: { PATH: "/usr/bin:/bin" },
      runMarker: null,
      containment: containment(),
      timeoutMs: 20_000,
      graceMs: 500,
    });
    expect(result.exit.code).toBe(0);
    expect(await readdir(join(workspace, "node_modules"))).toContain("new");
  });

  it("reaches a server of this machine with network: on, and not with off", async () => {
    const server = createServer((socket) => socket.end("hello"));
    const port = await listening(server);
    const script = `${process.execPath} -e 'require("net").connect(${port}, "127.0.0.1").on("data", (data) => console.log(String(data))).on("error", (error) => console.log(error.code))'`;
    const path = { path: process.execPath, source: process.execPath, access: "read" } as const;
    const mounts = [...containment().mounts, path];
    try {
      expect((await run(script, { mounts })).stdout.text).toBe("hello\n");
      expect((await run(script, { mounts, network: "off" })).stdout.text).toBe("ECONNREFUSED\n");
    } finally {
      server.close();
    }
  });

  it("limits what each process may use", async () => {
    const limits = { memoryBytes: 64 << 20, processes: 500, cpuSeconds: 7 };
    const { stdout } = await run("grep -E 'data size|cpu time|processes' /proc/self/limits", {
      limits,
    });
    const numbers = stdout.text.match(/\d+/g)?.map(Number);
    expect(numbers).toEqual([7, 7, 64 << 20, 64 << 20, 500, 500]);
  });
});

describe.skipIf(means.tier !== "bwrap")("R-514 stop in the tier bwrap", () => {
  const marker = "signalbox-bwrap-test";

  it.each([null, `${marker}-cgroup`])("gives the program its grace (run %s)", async (runMarker) => {
    const script =
      "trap 'sleep 0.1; echo tidied; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
    const {
      process: running,
      firstLine,
      output,
    } = await startFixture(["sh", "-c", script], {
      cwd: workspace,
      containment: containment(),
      runMarker,
      graceMs: 5_000,
    });
    expect(await firstLine).toBe("ready");
    const report = await running.stop("operator");
    expect(report).toMatchObject({ signal: "SIGTERM", survivors: [], suspects: [] });
    expect(output()).toBe("ready\ntidied\n");
  });

  it.each(["hermit.mjs", "family.mjs"])("leaves nobody of %s that is stopped", async (fixture) => {
    const running = await startStubborn(fixture, "stay");
    expect(prisoners()).not.toEqual([]);
    const report = await running.stop("operator");
    expect(report).toMatchObject({ method: "namespace", survivors: [], suspects: [] });
    expect(prisoners()).toEqual([]);
  });

  it.each(["hermit.mjs", "family.mjs"])("leaves nobody of %s that ends", async (fixture) => {
    const running = await startStubborn(fixture, "leave");
    await running.exited;
    expect(prisoners()).toEqual([]);
  });
});

/** Resolves when all of its relatives have been started. */
async function startStubborn(fixture: string, then: "stay" | "leave"): Promise<ManagedProcess> {
  const { process: running, firstLine } = await startFixture(
    fixtureCommand(fixture, then, "stubborn"),
    { cwd: workspace, containment: containment(), graceMs: 100 },
  );
  await firstLine;
  return running;
}

/** Pids of the fixtures that live in another pid namespace than this process, as seen from here. */
function prisoners(): number[] {
  const own = readlinkSync("/proc/self/ns/pid");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(fixtures))
    .filter((name) => namespaceOf(name) !== own)
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It ended while we looked.
    return "";
  }
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return readlinkSync("/proc/self/ns/pid");
  }
}
