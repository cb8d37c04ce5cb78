import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { lookUpAgent, scenario, startModelServer } from "@signalbox/model-server";
import { type DaemonProcess, startDaemon } from "./daemon-process.ts";
import { cpuMs, peakMemoryMb } from "./process-figures.ts";
import { scratchRepository } from "./scratch-repository.ts";
import { percentile } from "./statistics.ts";

const agents = 20;
const eventsOfCommand = 20_000;
/** What twenty Claude Code need, at some 250 MiB each. */
const neededMb = 6_000;
const sampleMs = 100;

/** What agents cost the daemon and their runners: of a program that talks a lot, and of the real Claude Code. */
export async function benchAgents(): Promise<void> {
  await talkingCommand();
  await manyClaudeCodes();
}

async function talkingCommand(): Promise<void> {
  const script = `const line = "::signalbox " + JSON.stringify({ type: "tool-call", id: "1", tool: "t", input: {} }) + "\\n";
    for (let n = 0; n < ${eventsOfCommand}; n += 1) process.stdout.write(line);`;
  const heard = await hear(1, "command", { program: [process.execPath, "-e", script] });
  console.log(`\nA command that says ${eventsOfCommand} events as fast as it can`);
  print(heard);
}

async function manyClaudeCodes(): Promise<void> {
  const claude = lookUpAgent("claude-code");
  const freeMb = freemem() / 2 ** 20;
  if (!claude.isInstalled || freeMb < neededMb) {
    const why = claude.isInstalled ? `${Math.round(freeMb)} MiB of memory are free` : claude.reason;
    console.log(`\nSKIPPED: ${agents} agents of Claude Code at once (${why})`);
    return;
  }
  const server = await startModelServer();
  // Each command says when it ended: the way to the daemon begins there.
  const url = server.scenarioUrl(
    scenario("run", ...Array.from({ length: 10 }, () => "date +%s%3N")),
  );
  const env = { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "local-key" };
  const heard = await hear(agents, "claude-code", { program: claude.program[0], env });
  await server.close();
  console.log(`\n${agents} agents of Claude Code ${claude.version} at once, 10 commands each`);
  print(heard);
  const latencies = heard.events.flatMap(({ at, text }) => {
    const said = /^\s*(\d{13})\s*$/.exec(text)?.[1];
    return said === undefined ? [] : [at - Number(said)];
  });
  console.log(
    `  end of a command → the daemon tells of it  p50 ${percentile(latencies, 0.5)} ms, p99 ${percentile(latencies, 0.99)} ms (${latencies.length} samples; Claude Code's own part is in it)`,
  );
}

/** What `run --json` prints of an agent's event. */
interface AgentEventLine {
  readonly at: string | number;
  readonly event: { readonly text?: string };
}

interface Heard {
  readonly code: number | null;
  readonly wallMs: number;
  readonly events: readonly { readonly at: number; readonly text: string }[];
  readonly daemonCpuMs: number;
  readonly runnerCpuMs: number;
  readonly daemonPeakMb: number;
}

/** Runs one agent for each of `count` issues, all at once, to their end. */
async function hear(count: number, backend: string, options: object): Promise<Heard> {
  using scratch = scratchRepository(count, frontMatter(count, backend, options));
  const daemon = startDaemon(scratch, "--once", "--json");
  const lines: string[] = [];
  daemon.child.stdout?.setEncoding("utf8").on("data", (chunk: string) => lines.push(chunk));
  const used = new Map<number, number>();
  let daemonPeakMb = 0;
  const sampling = setInterval(() => {
    for (const pid of runnersOf(daemon)) used.set(pid, cpuOf(pid) ?? used.get(pid) ?? 0);
    used.set(daemon.pid, cpuOf(daemon.pid) ?? used.get(daemon.pid) ?? 0);
    if (existsSync(`/proc/${daemon.pid}/status`)) {
      daemonPeakMb = Math.max(daemonPeakMb, peakMemoryMb(daemon.pid) || 0);
    }
  }, sampleMs);
  const { code, wallMs } = await daemon.exited;
  clearInterval(sampling);
  const daemonCpuMs = used.get(daemon.pid) ?? 0;
  const runnerCpuMs = [...used.values()].reduce((sum, ms) => sum + ms, 0) - daemonCpuMs;
  const events = lines.join("").split("\n").flatMap(eventOf);
  return { code, wallMs, events, daemonCpuMs, runnerCpuMs, daemonPeakMb };
}

function frontMatter(count: number, backend: string, options: object): string {
  return `tracker: { kind: roadmap }
agent: { backend: ${backend}, max_concurrent_agents: ${count}, max_no_progress: 1, max_continuations: 0 }
backends: { ${backend}: ${JSON.stringify(options)} }
delivery: { kind: none }
sandbox: { tier: none }
memory_reserve_mb: 0
`;
}

function print(heard: Heard): void {
  const { events, daemonCpuMs, runnerCpuMs } = heard;
  const perEvent = (ms: number): string => `${((ms * 1000) / events.length).toFixed(0)} µs`;
  console.log(
    `  exit code, wall time                       ${heard.code}, ${(heard.wallMs / 1000).toFixed(1)} s on ${availableParallelism()} cores`,
  );
  console.log(`  events                                     ${events.length}`);
  console.log(
    `  CPU of the daemon, all of it, per event    ${perEvent(daemonCpuMs)} (${daemonCpuMs} ms)`,
  );
  console.log(
    `  CPU of the runners, all of it, per event   ${perEvent(runnerCpuMs)} (${runnerCpuMs} ms)`,
  );
  console.log(`  memory of the daemon at peak               ${heard.daemonPeakMb.toFixed(0)} MiB`);
}

function eventOf(line: string): readonly { readonly at: number; readonly text: string }[] {
  if (!line.includes('"agent-event"')) return [];
  const { at, event }: AgentEventLine = JSON.parse(line);
  return [{ at: new Date(at).getTime(), text: event.text ?? "" }];
}

/** Runners are the daemon's own children, in sessions of their own. */
function runnersOf(daemon: DaemonProcess): readonly number[] {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => parentOf(pid) === daemon.pid);
}

function parentOf(pid: number): number | null {
  const stat = contentOf(`/proc/${pid}/stat`);
  return stat === null ? null : Number(stat.split(") ")[1]?.split(" ")[1]);
}

/** `null` where it has ended meanwhile. */
function cpuOf(pid: number): number | null {
  return contentOf(`/proc/${pid}/stat`) === null ? null : cpuMs(pid);
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
