import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentProgram, type AgentProgramListener } from "./agent-program.ts";

let cwd = "";
beforeAll(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "signalbox-agent-program-")));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

interface Heard {
  readonly lines: string[];
  readonly transcript: string[];
  readonly faults: unknown[];
  cuts: number;
}

async function start(
  script: string,
  changes: {
    readonly listener?: Partial<AgentProgramListener>;
    readonly maxLineBytes?: number;
  } = {},
): Promise<{ readonly program: AgentProgram; readonly heard: Heard }> {
  const heard: Heard = { lines: [], transcript: [], faults: [], cuts: 0 };
  const program = await AgentProgram.start(
    {
      command: [process.execPath, "-e", script],
      environment: {},
      session: {
        cwd,
        environment: {},
        limits: {
          startupTimeoutMs: 0,
          silenceTimeoutMs: 0,
          graceMs: 500,
          maxLineBytes: changes.maxLineBytes ?? 65_536,
        },
        signal: new AbortController().signal,
        transcribe: (line) => void heard.transcript.push(line.slice(0, 200)),
      },
    },
    {
      onLine: ({ text }) => void heard.lines.push(text),
      onOutput: () => undefined,
      onCut: () => (heard.cuts += 1),
      onFault: (error) => void heard.faults.push(error),
      ...changes.listener,
    },
  );
  return { program, heard };
}

describe("an agent that is spoken to in lines", () => {
  it("is sent messages, heard, and transcribed in both directions", async () => {
    const echo = `process.stdin.on("data", (data) => process.stdout.write("heard " + data))`;
    const { program, heard } = await start(echo);
    program.send({ hello: "there" });
    program.endInput();
    expect(await program.exited).toMatchObject({ code: 0, stoppedBy: null });
    program.send({ too: "late" });
    expect(heard.lines).toEqual(['heard {"hello":"there"}']);
    expect(heard.transcript).toEqual([
      '[sent] {"hello":"there"}',
      'heard {"hello":"there"}',
      '[sent] {"too":"late"}',
    ]);
  });

  it("R-507 keeps the line of standard error that says what went wrong, without colours, and no more than 20", async () => {
    const noise = `for (let n = 0; n < 1000; n += 1) console.error("\\u001b[33mnoise " + n + "\\u001b[0m");`;
    const { program, heard } = await start(
      `${noise} console.error("fatal: no disk"); process.exitCode = 3`,
    );
    expect(await program.exited).toMatchObject({ code: 3 });
    expect(program.lastError).toBe("fatal: no disk");
    expect(program.hasWarned("noise 999")).toBe(true);
    expect(program.hasWarned("noise 979")).toBe(false);
    expect(heard.lines).toEqual([]);
    expect(heard.transcript[0]).toMatch(/^\[stderr\] /);
  });

  it("R-506 has its long lines cut, and says so once", async () => {
    const { program, heard } = await start(
      `console.log("x".repeat(5000)); console.log("y".repeat(5000))`,
      { maxLineBytes: 100 },
    );
    await program.exited;
    expect(heard.lines).toEqual(["x".repeat(100), "y".repeat(100)]);
    expect(heard.transcript[0]).toBe(`${"x".repeat(100)} [4900 bytes left out]`);
    expect(heard.cuts).toBe(1);
  });

  it(
    "R-506 R-522 says 100 MB in one line and 1 GB in all, and this process grows by neither",
    { timeout: 120_000 },
    async () => {
      const script = `
      const { writeSync } = require("node:fs");
      const piece = Buffer.alloc(1 << 20, "x");
      for (let count = 0; count < 100; count += 1) writeSync(1, piece);
      piece[piece.length - 1] = 10;
      for (let count = 0; count < 924; count += 1) writeSync(1, piece);
      console.log("done");`;
      const longest: number[] = [];
      const before = process.memoryUsage.rss();
      const { program } = await start(script, {
        maxLineBytes: 65_536,
        listener: { onLine: ({ text }) => void longest.push(text.length) },
      });
      expect(await program.exited).toMatchObject({ code: 0, stoppedBy: null });
      expect(longest).toHaveLength(925);
      expect(Math.max(...longest)).toBe(65_536);
      expect(process.memoryUsage.rss() - before).toBeLessThan(256 << 20);
    },
  );

  it("is stopped where its listener fails, and has ended then", async () => {
    const fault = new Error("cannot take it in");
    const onLine = (): void => {
      throw fault;
    };
    const { program, heard } = await start(`console.log("hi"); setInterval(() => {}, 1000)`, {
      listener: { onLine },
    });
    expect(await program.exited).toMatchObject({ code: null, stoppedBy: "unreadable output" });
    expect(heard.faults).toEqual([fault]);
  });

  it("R-522 is not read while it does not read what it is sent, and nothing is lost", async () => {
    const answer = { text: "x".repeat(64 * 1024) };
    const reader: { program: AgentProgram | null } = { program: null };
    const { program, heard } = await start(askingWithoutReading, {
      listener: { onLine: () => reader.program?.send(answer) },
    });
    reader.program = program;
    program.send(answer);
    expect(await program.exited).toMatchObject({ code: 0 });
    expect(program.lastError).toBe("301 answers");
    expect(heard.transcript).toContain("[stderr] stuck");
  });
});

/** Asks 300 times, begins to read when it gets stuck in that, and says how many answers there were. */
const askingWithoutReading = `
  const { write } = require("node:fs");
  const question = "?".repeat(4095) + "\\n";
  let asked = 0, before = -1, answers = 0;
  const ask = () => { if (asked++ < 300) write(1, question, ask); };
  process.stdin.once("readable", ask);
  const watch = setInterval(() => {
    if (asked !== before) return (before = asked);
    clearInterval(watch);
    if (asked <= 300) console.error("stuck");
    process.stdin.on("data", (data) => {
      answers += data.toString().split("\\n").length - 1;
      if (answers === 301) { console.error(answers + " answers"); process.exit(); }
    });
  }, 300);
`;
