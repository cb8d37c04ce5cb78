import { execFile } from "node:child_process";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { ConfigSource } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { openWorkflow } from "./workflow-file-source.ts";
import type { OpenWorkflowOptions } from "./workflow-file-source.ts";

function workflow(interval: number | string, prompt = "Fix it.") {
  return `---\ntracker: { kind: roadmap }\npolling: { interval_ms: ${interval} }\n---\n${prompt}\n`;
}

async function open(path: string, options: OpenWorkflowOptions = {}) {
  const source = await openWorkflow(path, { environment: { HOME: "/home/x" }, ...options });
  onTestFinished(() => source.close());
  return source;
}

/** Replaces the file as editors do. */
function replace(path: string, content: string) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function changed(source: ConfigSource) {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _ = source.watch(resolve);
  await promise;
}

describe("openWorkflow", () => {
  it("R-119 a changed file is applied without a restart", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const source = await open(path);
    const first = source.current();
    const change = changed(source);
    replace(
      path,
      `---
tracker: { kind: roadmap, active_states: [todo] }
polling: { interval_ms: 2000 }
hooks: { before_run: ./prepare }
agent: { max_concurrent_agents: 2, max_concurrent_agents_by_state: { Todo: 1 } }
---
Other.`,
    );
    await change;
    expect(source.error()).toBeNull();
    expect(source.current()).toMatchObject({
      tracker: { activeStates: ["todo"] },
      polling: { intervalMs: 2000 },
      hooks: { beforeRun: "./prepare" },
      agent: { maxConcurrentAgents: 2, maxConcurrentAgentsByState: { todo: 1 } },
      prompt: { template: "Other." },
    });
    expect(source.current().source.hash).not.toBe(first.source.hash);
  });

  it("R-119 a changed prompt_file is applied, also one that comes into being later", async () => {
    const text = "tracker: { kind: roadmap }\nprompt_file: text/p.md\n";
    const folder = temporaryFolder({ "w.yaml": text, "text/p.md": "One." });
    const source = await open(join(folder, "w.yaml"));
    let change = changed(source);
    replace(join(folder, "text/p.md"), "Two.");
    await change;
    expect(source.current().prompt.template).toBe("Two.");
    writeFileSync(join(folder, "w.yaml"), text.replace("p.md", "q.md"));
    await source.refresh();
    expect(source.error()).toMatchObject({ code: "workflow_invalid" });
    change = changed(source);
    writeFileSync(join(folder, "text/q.md"), "Three.");
    await change;
    expect(source.current().prompt.template).toBe("Three.");
  });

  it.each([
    ["R-120 bad YAML", "---\na: [\n---\n", "workflow_parse_error"],
    ["R-132 a wrong type", workflow("soon"), "workflow_invalid"],
    ["R-120 an empty file", "", "workflow_invalid"],
    ["R-120 no file", null, "missing_workflow_file"],
  ])("%s keeps the last good config and prompt, and shows the error", async (_, content, code) => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const source = await open(path);
    const good = source.current();
    const change = changed(source);
    if (content === null) rmSync(path);
    else replace(path, content);
    await change;
    expect(source.current()).toBe(good);
    expect(source.error()).toMatchObject({ code });
    replace(path, workflow(3000));
    await source.refresh();
    expect(source.error()).toBeNull();
    expect(source.current().polling.intervalMs).toBe(3000);
  });

  it("R-120 what accept rejects does not become current", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const reason = new SignalboxError("plugin_options", "tracker.provider.path: missing");
    const accept: OpenWorkflowOptions["accept"] = async ({ polling }) => {
      if (polling.intervalMs === 2000) throw reason;
      if (polling.intervalMs === 3000) throw new TypeError("no such thing");
    };
    const source = await open(path, { accept });
    const good = source.current();
    replace(path, workflow(2000));
    await source.refresh();
    expect([source.current(), source.error()]).toEqual([good, reason]);
    replace(path, workflow(3000));
    await source.refresh();
    expect(source.error()).toMatchObject({ message: expect.stringContaining("no such thing") });
    replace(path, workflow(4000));
    await source.refresh();
    expect([source.current().polling.intervalMs, source.error()]).toEqual([4000, null]);
  });

  it("R-121 a lost watch event is caught by refresh", async () => {
    const target = temporaryFolder({ "real/WORKFLOW.md": workflow(1000) });
    const folder = temporaryFolder({});
    symlinkSync(join(target, "real"), join(folder, "deep"));
    const source = await open(join(folder, "deep", "WORKFLOW.md"));
    let calls = 0;
    using _ = source.watch(() => {
      calls += 1;
    });
    await source.refresh();
    expect(calls).toBe(0);
    // The folder is another one now: the watched one gives no event.
    rmSync(join(folder, "deep"));
    symlinkSync(temporaryFolderWith(workflow(5000)), join(folder, "deep"));
    await source.refresh();
    expect(source.current().polling.intervalMs).toBe(5000);
    expect(calls).toBe(1);
  });

  it("an edit does not move the state folder", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const environment: Record<string, string> = { HOME: "/home/x" };
    const source = await open(path, { environment });
    const { stateDir } = source.current();
    environment["SIGNALBOX_STATE_DIR"] = "/elsewhere";
    replace(path, workflow(2000));
    await source.refresh();
    expect(source.current()).toMatchObject({ stateDir, polling: { intervalMs: 2000 } });
  });

  it("R-122 a first version that is not valid rejects, and a program that does not catch it fails", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(0) }), "WORKFLOW.md");
    await expect(openWorkflow(path, { environment: {} })).rejects.toMatchObject({
      code: "workflow_invalid",
      message: expect.stringContaining(`${path}:3:12: polling.interval_ms must be`),
    });
    await expect(openWorkflow(join(path, "../none.md"))).rejects.toMatchObject({
      code: "missing_workflow_file",
    });
    const module = pathToFileURL(join(import.meta.dirname, "index.ts")).href;
    const program = `import { openWorkflow } from ${JSON.stringify(module)}; await openWorkflow(${JSON.stringify(path)});`;
    const run = promisify(execFile)(process.execPath, [
      "--conditions=@signalbox/source",
      "--input-type=module",
      "--eval",
      program,
    ]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("polling.interval_ms must be"),
    });
  });

  it("close ends a hanging accept, and nothing is told afterwards", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const asked = Promise.withResolvers<void>();
    const source = await open(path, {
      accept: async ({ polling }) => {
        if (polling.intervalMs === 1000) return;
        asked.resolve();
        await new Promise(() => {});
      },
    });
    let calls = 0;
    source.watch(() => {
      calls += 1;
    });
    replace(path, workflow(2000));
    const refresh = source.refresh();
    await asked.promise;
    await source.close();
    await refresh;
    replace(path, workflow(3000));
    await source.refresh();
    expect([calls, source.current().polling.intervalMs]).toEqual([0, 1000]);
  });

  it("a listener that throws stops no other one, and is logged", async () => {
    const path = join(temporaryFolder({ "WORKFLOW.md": workflow(1000) }), "WORKFLOW.md");
    const lines: string[] = [];
    const source = await open(path, { logger: { log: (_, message) => lines.push(message) } });
    source.watch(() => {
      throw new Error("broken");
    });
    const change = changed(source);
    replace(path, workflow(2000));
    await change;
    expect(lines).toEqual(["A listener of the workflow file failed."]);
  });
});

function temporaryFolderWith(content: string) {
  return temporaryFolder({ "WORKFLOW.md": content });
}
