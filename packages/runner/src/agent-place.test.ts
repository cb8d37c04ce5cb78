import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandBackend, type CommandOptions } from "@signalbox/backend-command";
import type {
  AgentNeeds,
  AgentToolResult,
  RunEnding,
  SandboxConfig,
  ToolCall,
} from "@signalbox/contracts";
import { describeContainment } from "@signalbox/process";
import { describe, expect, it } from "vitest";
import { RecordingObserver } from "./__fixtures__/recording-observer.ts";
import { ScriptedBackend } from "./__fixtures__/scripted-backend.ts";
import { createWorld, type World } from "./__fixtures__/world.ts";

const means = await describeContainment();
const needs: AgentNeeds = { loginPaths: [".agent", "../outside"], modelEndpoints: [] };
const tiers = means.tier === "bwrap" ? (["none", "bwrap"] as const) : (["none"] as const);

interface Played {
  readonly world: World;
  readonly ending: RunEnding;
  readonly said: string;
}

async function play(world: World, runId = "run-1"): Promise<Omit<Played, "world">> {
  const observer = new RecordingObserver();
  await world.host.start(world.order({ runId }), observer);
  const ending = await observer.ending();
  const said = observer.agentEvents
    .flatMap((event) => (event.type === "message" ? [event.text] : []))
    .join("\n");
  return { ending, said };
}

function worldOf(
  script: string,
  sandbox: SandboxConfig,
  more: Partial<Parameters<typeof createWorld>[0]> = {},
): World {
  const options: CommandOptions = { program: ["sh", "-c", script] };
  return createWorld({ backend: new CommandBackend(options), sandbox, needs, ...more });
}

describe.each(tiers)("with sandbox.tier %s", (tier) => {
  const sandbox: SandboxConfig = { tier, network: "on", home: "own" };

  it("an agent has a home, temporary files and configuration of its own", async () => {
    const script = `env | grep -E '^(HOME|TMPDIR|XDG_[A-Z]+_HOME)='; echo kept >$HOME/kept; echo gone >$TMPDIR/gone; ls -A $HOME`;
    await using world = worldOf(script, sandbox, { kind: "git" });
    const { said } = await play(world);
    const variables = new Map(
      said.split("\n").map((line) => [line.split("=")[0], line.split("=")[1]]),
    );
    const home = variables.get("HOME") ?? "";
    expect(home).toBe(join(world.config.stateDir, "agents", "first", "home"));
    expect(variables.get("XDG_CONFIG_HOME")).toBe(join(home, ".config"));
    expect(readFileSync(join(home, "kept"), "utf8")).toBe("kept\n");
    expect(existsSync(variables.get("TMPDIR") ?? "/")).toBe(false);
  });

  it("an agent calls the tools of its run, without a network", async () => {
    const script = `signalbox-tool call echo '{"text":"from inside"}'; rm -rf $(dirname $SIGNALBOX_TOOL) 2>/dev/null; ls $(dirname $SIGNALBOX_TOOL)`;
    const network = tier === "bwrap" ? "off" : "on";
    await using world = worldOf(script, { ...sandbox, network });
    const observer = Object.assign(new RecordingObserver(), {
      onToolCall: async ({ input }: ToolCall): Promise<AgentToolResult> => {
        return { kind: "ok", output: input };
      },
    });
    const echo = { name: "echo", description: "", inputSchema: { type: "object" } };
    await world.host.start(world.order({ tools: [echo] }), observer);
    await observer.ending();
    const said = JSON.stringify(observer.agentEvents);
    expect(said).toContain("from inside");
    // What it is given, it cannot change.
    expect(said.includes("signalbox-tool")).toBe(tier === "bwrap");
  });

  it("commits as whom the user's git names, and what it has committed counts", async () => {
    const script =
      "echo 1 >one; git add one; git commit --quiet -m One; git log -1 --format='%an <%ae>'";
    await using user = createUser();
    await using world = worldOf(script, sandbox, { kind: "git", userHome: user.home });
    const { ending, said } = await play(world);
    expect(said).toBe("Somebody <somebody@example.invalid>");
    expect(ending.fingerprint).toMatchObject({ commitsAhead: 1, dirty: false });
  });

  it.each(["user", "own"] as const)("R-518 home: %s", async (home) => {
    const script =
      "cat $HOME/.agent/login 2>&1; cat $HOME/.ssh/key 2>&1; ls $HOME/../../../outside 2>&1; echo new >$HOME/.agent/token";
    await using user = createUser();
    await using world = worldOf(script, { ...sandbox, home }, { userHome: user.home });
    const { said } = await play(world);
    expect(said.includes("logged in")).toBe(home === "user");
    expect(said).not.toContain("private key");
    expect(existsSync(join(user.home, ".agent", "token"))).toBe(home === "user");
  });

  it("R-514 a server that an agent leaves is gone at the end", async () => {
    const server = `require("node:http").createServer().listen(0, () => require("node:fs").writeFileSync("up", ""))`;
    const script = `setsid ${process.execPath} -e '${server}' & while [ ! -e up ]; do sleep 0.02; done`;
    await using world = worldOf(script, { ...sandbox, readable: [process.execPath] });
    const { ending } = await play(world);
    expect(ending.outcome).toEqual({ kind: "succeeded" });
    expect(processesBelow(world.folder)).toEqual([]);
  });

  it("the limits of the workflow file reach the agent", async () => {
    const limits = { memoryMb: 512, processes: 0, cpuSeconds: 60 };
    await using world = worldOf("grep -E 'data|cpu time' /proc/self/limits", {
      ...sandbox,
      limits,
    });
    const { said } = await play(world);
    expect(said.match(/\d+/g)?.map(Number)).toEqual([60, 60, 512 << 20, 512 << 20]);
  });
});

describe.skipIf(means.tier !== "bwrap")("in a sandbox", () => {
  const sandbox: SandboxConfig = { tier: "bwrap", network: "on", home: "own" };

  it("R-518 an agent reads nothing of the state folder but its own part", async () => {
    const script = `STATE=$(cd $HOME/../../.. && pwd); find "$STATE" -type f -not -path "*/agents/first/*" -not -path "*/workspaces/first/*" -not -path "*/mirror.git/*"; echo done; : >"$STATE/new" || true`;
    await using world = worldOf(script, sandbox);
    const { said } = await play(world);
    expect(said).toBe("done");
  });

  it("R-518 links that an agent has put in the place of login files lead nowhere", async () => {
    await using user = createUser();
    const nested = join(user.home, ".config", "agent");
    const outside = join(user.home, "outside");
    for (const folder of [nested, outside]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(nested, "login"), "logged in\n");
    const script = `cat $HOME/.agent/login $HOME/.config/agent/login; touch $HOME/seen`;
    const planted = `ln -s /oldroot${outside} $HOME/.config; ln -s /oldroot${outside} $HOME/.agent`;
    const loginPaths = [".agent", join(".config", "agent")];
    await using world = worldOf(
      script,
      { ...sandbox, home: "user" },
      { userHome: user.home, needs: { loginPaths, modelEndpoints: [] } },
    );
    const home = join(world.config.stateDir, "agents", "first", "home");
    mkdirSync(home, { recursive: true });
    execFileSync("sh", ["-c", planted], { env: { ...process.env, HOME: home } });
    const { said } = await play(world);
    expect(said).toBe("logged in\nlogged in");
    expect(readdirSync(outside)).toEqual([]);
  });

  it("broken objects of an agent end its run, and say what to do", async () => {
    const script = `if [ ! -e one ]; then echo 1 >one; git add one; git commit --quiet -m One
      for file in $(git rev-parse --git-common-dir)/objects/??/*; do chmod u+w $file; echo broken >$file; done; fi`;
    await using user = createUser();
    await using world = worldOf(script, sandbox, { kind: "git", userHome: user.home });
    const failed = {
      kind: "failed",
      code: "workspace",
      retryable: false,
      message: expect.stringMatching(/could not be taken over: .*delete that folder/),
    };
    for (const run of ["run-1", "run-2"]) {
      expect((await play(world, run)).ending.outcome).toMatchObject(failed);
    }
  });

  it("network: model lets nothing through but the model", async () => {
    const model = createServer((request, response) => response.end(`the model at ${request.url}`));
    const other = createServer((_request, response) => response.end("something else"));
    const [port, otherPort] = await Promise.all([model, other].map(listening));
    const url = `http://127.0.0.1:${port}/v1`;
    const fetching = `for (const url of ["${url}", "http://127.0.0.1:${otherPort}/", "http://192.0.2.1/"]) await fetch(url).then((answer) => answer.text()).then(console.log, (error) => console.log(error.cause.code ?? "refused"))`;
    const script = `${process.execPath} --input-type=module -e '${fetching}'; echo $HTTPS_PROXY; exit 3`;
    await using world = worldOf(
      script,
      { ...sandbox, network: "model" },
      {
        needs: { loginPaths: [], modelEndpoints: [url] },
      },
    );
    try {
      const { ending, said } = await play(world);
      expect(said.split("\n")).toEqual([
        "the model at /v1",
        "ECONNREFUSED",
        expect.stringMatching(/ENETUNREACH|refused/),
        "http://127.0.0.1:18080",
      ]);
      expect(ending.outcome).toMatchObject({
        kind: "failed",
        message: expect.stringContaining("code 3"),
      });
    } finally {
      model.close();
      other.close();
    }
  });

  it("sandbox.readable shows more of the machine, for reading", async () => {
    const script = "cat $PLACE/note; : >$PLACE/note";
    await using place = createWorld({ backend: new ScriptedBackend() });
    writeFileSync(join(place.folder, "note"), "readable\n");
    const options: CommandOptions = { program: ["sh", "-c", script], env: { PLACE: place.folder } };
    const readable = [place.folder];
    await using world = createWorld({
      backend: new CommandBackend(options),
      sandbox: { ...sandbox, readable },
      needs,
    });
    const { said } = await play(world);
    expect(said).toBe("readable");
    expect(readFileSync(join(place.folder, "note"), "utf8")).toBe("readable\n");
  });
});

describe("without a sandbox", () => {
  it("a change to what runs by itself is reported", async () => {
    const sandbox: SandboxConfig = { tier: "none", network: "on", home: "own" };
    await using user = createUser();
    await using quiet = worldOf("echo fine >work", sandbox, { userHome: user.home });
    await play(quiet);
    expect(quiet.logged.filter((line) => line.includes("runs by itself"))).toEqual([]);
    const script = `echo evil >>${user.home}/.bashrc; git config --file $(git rev-parse --git-common-dir)/config core.fsmonitor evil`;
    await using world = worldOf(script, sandbox, { kind: "git", userHome: user.home });
    await play(world);
    const line = world.logged.find((entry) => entry.includes("runs by itself"));
    expect(line).toContain(join(user.home, ".bashrc"));
    expect(line).toContain(join(world.config.stateDir, "mirror.git", "config"));
  });
});

describe("what cannot be had", () => {
  it("fails the run, where it was asked for by name", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({
      backend,
      sandbox: { tier: "bwrap", network: "on", home: "own" },
    });
    const { ending } = await play(world);
    expect(ending.outcome).toMatchObject({
      kind: "failed",
      code: "setup",
      retryable: false,
      message: expect.stringContaining("does not start its programs in sandboxes"),
    });
    expect(backend.sessions).toEqual([]);
  });

  it("is no silent loss with auto: the transcript says what holds the agent, and why nothing better does", async () => {
    await using world = createWorld({
      backend: new ScriptedBackend(),
      sandbox: { tier: "auto", network: "on", home: "own" },
    });
    await play(world);
    const transcript = readFileSync(
      join(world.config.stateDir, "runs", "run-1", "transcript.jsonl"),
      "utf8",
    );
    expect(transcript).toContain(
      "in no sandbox: the backend does not start its programs in sandboxes",
    );
  });
});

/** Somebody with a login, a key and a name for commits. */
function createUser(): { readonly home: string } & AsyncDisposable {
  const home = mkdtempSync(join(tmpdir(), "signalbox-user-"));
  mkdirSync(join(home, ".agent"));
  mkdirSync(join(home, ".ssh"));
  writeFileSync(join(home, ".agent", "login"), "logged in\n");
  writeFileSync(join(home, ".ssh", "key"), "private key\n");
  writeFileSync(
    join(home, ".gitconfig"),
    "[user]\nname = Somebody\nemail = somebody@example.invalid\n",
  );
  return { home, [Symbol.asyncDispose]: async () => rmSync(home, { recursive: true }) };
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Pids of whoever has the folder in its environment. */
function processesBelow(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").includes(folder);
      } catch {
        // It ended while we looked.
        return false;
      }
    })
    .map(Number);
}
