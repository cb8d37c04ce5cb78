import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, WorkflowConfig } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { ManualClock } from "./__fixtures__/manual-clock.ts";
import { redact, secretsOf } from "./secrets.ts";
import { Transcript } from "./transcript.ts";

const clock = new ManualClock();
let folder: string;
let logged: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-transcript-"));
  logged = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(secrets: readonly string[] = [], maxBytes = 1_000_000): Transcript {
  const logger = { log: (_level: string, message: string) => void logged.push(message) };
  return Transcript.open({
    folder: join(folder, "runs", "run-1"),
    secrets,
    clock,
    logger,
    maxBytes,
  });
}

function read(): { source: string; text: string }[] {
  const text = readFileSync(join(folder, "runs", "run-1", "transcript.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("a transcript", () => {
  it("R-521 keeps every line in order, for this user alone, and adds to what is there", () => {
    const first = open();
    first.write("prompt", "Do it.\nWell.");
    for (let index = 0; index < 5_000; index += 1) first.write("agent", `line ${index}`);
    first.close();
    first.close();
    const second = open();
    second.write("agent", "again");
    second.close();
    const lines = read();
    expect(lines).toHaveLength(5_002);
    expect(lines[0]).toMatchObject({ source: "prompt", text: "Do it.\nWell." });
    expect(lines[5_000]).toMatchObject({ source: "agent", text: "line 4999" });
    const mode = statSync(join(folder, "runs", "run-1", "transcript.jsonl")).mode;
    expect(mode & 0o777).toBe(0o600);
  });

  it("reaches the disk after half a second", () => {
    const transcript = open();
    transcript.write("agent", "hello");
    clock.advance(500);
    expect(read()).toMatchObject([{ source: "agent", text: "hello" }]);
    transcript.close();
  });

  it("R-521 ends with a word about it where it would grow past its limit", () => {
    const transcript = open([], 10_000);
    for (let index = 0; index < 1_000; index += 1) transcript.write("agent", "x".repeat(100));
    transcript.close();
    const lines = read();
    expect(lines.at(-1)).toMatchObject({
      source: "signalbox",
      text: expect.stringContaining("limit"),
    });
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.length).toBeLessThan(100);
  });

  it("R-521 shows no secret", () => {
    const transcript = open(["hunter2hunter2"]);
    transcript.write("agent", 'GET /?key=hunter2hunter2 {"key":"hunter2hunter2"}');
    transcript.close();
    expect(read()).toMatchObject([{ text: 'GET /?key=[redacted] {"key":"[redacted]"}' }]);
  });

  it("that cannot be written is logged, and harms nobody", () => {
    writeFileSync(join(folder, "runs"), "not a folder");
    const transcript = open();
    transcript.write("agent", "hello");
    transcript.close();
    expect(logged).toHaveLength(1);
  });
});

function config(provider: JsonObject): Pick<WorkflowConfig, "tracker" | "backends"> {
  return configOf({
    tracker: { ...configOf().tracker, provider },
    backends: { command: { env: { MY_TOKEN: "$MINE" } } },
  });
}

describe("secrets", () => {
  it("are found by the names of variables and options, longest first, and never when they are short", () => {
    const environment = {
      GITHUB_TOKEN: "gh-0123456789",
      LINEAR_API_KEY: "lin_0123",
      MINE: "mine-mine-mine",
      DB_PASSWORD: "short",
      PATH: "/usr/local/bin",
      MONKEY: "bananabanana",
    };
    const found = secretsOf(
      environment,
      config({ apiKey: "literal-key", projectSlug: "a-project" }),
    );
    expect(found).toEqual(["mine-mine-mine", "gh-0123456789", "literal-key", "lin_0123"]);
  });

  it("of several lines are redacted line by line, also where they stand in JSON", () => {
    const key = 'first "line" here\nsecond line here';
    const secrets = secretsOf({ DEPLOY_KEY: key }, config({}));
    expect(redact('a first "line" here', secrets)).toBe("a [redacted]");
    expect(redact(JSON.stringify({ key }), secrets)).toBe('{"key":"[redacted]\\n[redacted]"}');
  });
});
