import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { contractVersion } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backendLaws, type LawVerdict } from "./index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-runners-"));
});
afterEach(() => rm(folder, { recursive: true }));

const fixtures = join(import.meta.dirname, "__fixtures__");
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

describe("R-905 the kit writes its report and fails the test of the broken law", () => {
  it.each([
    [
      "node:test",
      ["--conditions=@signalbox/source", "--test", join(fixtures, "under-node-test.ts")],
    ],
    ["vitest", [vitest, "run", "--root", fixtures]],
  ])(
    "under %s",
    async (_, args) => {
      const report = join(folder, "deep", "report.json");
      const trackerReport = join(folder, "deep", "tracker-report.json");
      const child = spawn(process.execPath, args, {
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          REPORT: report,
          TRACKER_REPORT: trackerReport,
        },
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
      expect(output).toContain("R-512 an agent that reports an error has failed");
      expect(code).toBe(1);
      const manifest = await readFile(join(import.meta.dirname, "..", "package.json"), "utf8");
      const { version } = JSON.parse(manifest);
      const { laws, ...head } = JSON.parse(await readFile(report, "utf8"));
      expect(head).toEqual({
        format: 1,
        subject: "unsound",
        contractVersion,
        kitVersion: version,
        conforms: false,
      });
      const verdicts = new Map(laws.map((law: { id: string }) => [law.id, law]));
      expect([...verdicts.keys()]).toEqual(backendLaws.map(({ id }) => id));
      expect(verdicts.get("failure-fails")).toMatchObject({
        requirement: "R-512",
        verdict: "failed",
        reason: 'The turn ended as {"kind":"succeeded"}.',
      });
      expect(verdicts.get("quota-is-told")).toMatchObject({
        verdict: "not-applicable",
        reason: "It has no quota.",
      });
      expect(verdicts.get("success-succeeds")).toMatchObject({ verdict: "passed", reason: null });
      expect(output).toContain("R-303 asked for no ids, it gives no issues and sends no request");
      const tracker = JSON.parse(await readFile(trackerReport, "utf8"));
      expect(tracker).toMatchObject({
        subject: "unsound tracker",
        conforms: false,
        contractVersion,
      });
      const others = tracker.laws.filter((law: LawVerdict) => law.verdict !== "passed");
      expect(others).toMatchObject([
        {
          id: "no-ids-no-request",
          verdict: "failed",
          reason: "Asked for no ids, it sent 1 requests.",
        },
        { id: "link-is-there-once", verdict: "not-applicable", reason: "It has none." },
      ]);
    },
    120_000,
  );
});

it("the examples of the README work", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [backend = "", tracker = ""] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(
    ([, code = ""]) => code,
  );
  await mkdir(join(folder, "node_modules", "@signalbox"), { recursive: true });
  await symlink(
    join(import.meta.dirname, ".."),
    join(folder, "node_modules", "@signalbox", "conformance"),
  );
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const sound = JSON.stringify(join(fixtures, "sound-backend.ts"));
  await writeFile(
    join(folder, "my-backend.ts"),
    `import { SoundBackend } from ${sound};
    export class MyBackend {
      constructor({ program }) {
        return new SoundBackend(program.at(-1), {});
      }
    }`,
  );
  const service = JSON.stringify(join(fixtures, "tracker", "issue-service.ts"));
  const bed = JSON.stringify(join(fixtures, "tracker", "sound-bed.ts"));
  await writeFile(
    join(folder, "fake-service.ts"),
    `import { IssueService } from ${service};
    import { worldOf } from ${bed};
    export async function fakeService() {
      const service = new IssueService();
      const { links, ...world } = worldOf(service);
      return { url: await service.open(), world, close: () => service.close() };
    }`,
  );
  await writeFile(
    join(folder, "my-tracker.ts"),
    `import { ServiceClient } from ${JSON.stringify(join(fixtures, "tracker", "service-client.ts"))};
    import { SoundTracker } from ${JSON.stringify(join(fixtures, "tracker", "sound-tracker.ts"))};
    export class MyTracker extends SoundTracker {
      constructor({ url, token, timeoutMs }, context) {
        const limits = { timeoutMs, change: (error) => error };
        super(new ServiceClient(url, token, context.fetch, limits), context);
      }
    }`,
  );
  for (const [code, reason] of [
    [backend, "The service that it talks to has none."],
    [tracker, "The service has no links."],
  ] as const) {
    await writeFile(join(folder, "example.ts"), code.replace("/vitest", "/node-test"));
    const child = spawn(
      process.execPath,
      ["--conditions=@signalbox/source", join(folder, "example.ts")],
      { env: { PATH: process.env["PATH"], HOME: folder }, stdio: ["ignore", "pipe", "inherit"] },
    );
    const [output, [status]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    expect(output).toMatch(/^ℹ fail 0$/m);
    expect(output).toContain(reason);
    expect(status).toBe(0);
  }
}, 120_000);
