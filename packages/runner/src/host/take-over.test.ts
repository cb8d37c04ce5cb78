import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeContainment } from "@signalbox/process";
import { describe, expect, it } from "vitest";
import { ProcessWorld } from "../__fixtures__/process-world.ts";
import { RecordingObserver } from "../__fixtures__/recording-observer.ts";
import { git } from "../__fixtures__/world.ts";

const means = await describeContainment();

/** Commits and hangs; the next one finds what is there. */
const script = `if [ ! -e work ]; then
  echo 1 >work; git add work; git -c user.name=A -c user.email=a@localhost commit --quiet -m Work
  echo committed; sleep 60
fi; git log --format=%s`;

describe.skipIf(means.tier !== "bwrap")("an agent in a sandbox, in a process of its own", () => {
  it("loses no commit when its runner is killed before it took it over", async () => {
    await using world = new ProcessWorld({ script });
    const repository = join(world.folder, "repository");
    mkdirSync(repository);
    git(repository, "init", "--quiet", "--initial-branch=main");
    writeFileSync(join(repository, "README.md"), "A repository.\n");
    git(repository, "add", ".");
    git(repository, "commit", "--quiet", "--message=Begin");
    const config = {
      ...world.config,
      workspace: { ...world.config.workspace, kind: "git", repository },
      sandbox: { tier: "bwrap", network: "off", home: "own" },
    } as const;
    const host = world.host();
    const killed = new RecordingObserver();
    await host.start(world.order({ config }), killed);
    await killed.until("message");
    world.killRunner();
    await killed.ending();
    const next = new RecordingObserver();
    await host.start(world.order({ config, runId: "run-2" }), next);
    const { outcome, fingerprint } = await next.ending();
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(fingerprint).toMatchObject({ commitsAhead: 1, dirty: false });
    const said = next.agentEvents.flatMap((event) =>
      event.type === "message" ? event.text.split("\n") : [],
    );
    expect(said).toEqual(["Work", "Begin"]);
  });
});
