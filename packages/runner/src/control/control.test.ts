import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../__fixtures__/real-clock.ts";
import { ControlLink } from "../host/control-link.ts";
import { ControlServer, type Commands } from "./control-server.ts";
import { controlSocketPath } from "./socket-path.ts";

let folder: string;
let path: string;
let server: ControlServer;
let told: unknown[];
let bytes: number;
const links: ControlLink[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-control-"));
  path = join(folder, "runner.sock");
  told = [];
  bytes = 10;
  const commands: Commands = {
    runId: "run-1",
    spoolBytes: () => bytes,
    takenOver: (epoch) => void told.push(["epoch", epoch]),
    stop: (reason) => void told.push(["stop", reason]),
    reply: (turn, reply) => void told.push(["reply", turn, reply.kind]),
    answerCall: (callId, result) => void told.push(["answer", callId, result]),
  };
  server = await ControlServer.listen(path, 2, commands);
});

afterEach(async () => {
  for (const open of links.splice(0)) open.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function link(epoch: number, onChange: () => void = () => undefined): ControlLink {
  const made = new ControlLink({ path, epoch, clock: realClock, onChange });
  links.push(made);
  return made;
}

async function raw(...lines: readonly string[]): Promise<string> {
  const socket = connect(path);
  for (const line of lines) socket.write(`${line}\n`);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const idle = setTimeout(() => socket.end(), 200);
  await once(socket, "close");
  clearTimeout(idle);
  return text;
}

describe("the control socket", () => {
  it("R-707 obeys the newest daemon, and no older one", async () => {
    const current = link(2);
    await current.stop("operator");
    const old = link(1);
    await old.stop("budget");
    expect(old.fencedBy).toBe(2);
    const newer = link(3);
    await newer.settled;
    await current.stop("stalled");
    expect(current.fencedBy).toBe(3);
    await newer.reply(1, { kind: "go" });
    expect(told).toEqual([
      ["stop", "operator"],
      ["epoch", 3],
      ["reply", 1, "go"],
    ]);
  });

  it("R-707 welcomes no older daemon, and hears none that does not hear it", async () => {
    const older = await raw('{"v":1,"type":"hello","epoch":1}');
    expect(older).toContain('"fenced","epoch":2');
    expect(older).not.toContain("welcome");

    const deaf = connect(path);
    deaf.write('{"v":1,"type":"hello","epoch":2}\n');
    await once(deaf, "data");
    await link(3).settled;
    deaf.write('{"v":1,"type":"stop","id":1,"reason":"operator"}\n');
    await once(deaf, "close");
    expect(told).toEqual([["epoch", 3]]);
  });

  it("R-515 is told again what it may not have heard, after it was away", async () => {
    await server.close();
    const early = link(2);
    const arrived = early.stop("operator");
    server = await ControlServer.listen(path, 2, {
      runId: "run-1",
      spoolBytes: () => bytes,
      takenOver: () => undefined,
      stop: (reason) => void told.push(["stop", reason]),
      reply: () => undefined,
      answerCall: () => undefined,
    });
    await arrived;
    expect(told).toEqual([["stop", "operator"]]);
  });

  it("R-522 says once that the spool has grown, until that is read", async () => {
    let changes = 0;
    const reader = link(2, () => (changes += 1));
    await reader.settled;
    reader.hasRead(10);
    await reader.stop("operator");
    for (let grown = 0; grown < 100; grown += 1) {
      bytes += 1;
      server.notifyGrown();
    }
    await reader.stop("operator");
    expect({ changes, known: reader.spoolBytes }).toEqual({ changes: 2, known: 11 });
    reader.hasRead(11);
    await reader.stop("operator");
    expect({ changes, known: reader.spoolBytes }).toEqual({ changes: 3, known: 110 });
  });

  it.each([
    ["nothing before it has said hello", '{"v":1,"type":"stop","id":1,"reason":"operator"}'],
    ["no version that it does not know", '{"v":2,"type":"hello","epoch":9}'],
    [
      "no reason that there is not",
      '{"v":1,"type":"hello","epoch":2}\n{"v":1,"type":"stop","id":1,"reason":"x"}',
    ],
    ["no noise", "hello"],
    ["no line without an end", "x".repeat(100_000)],
  ])("obeys %s", async (_what, line) => {
    await raw(line);
    expect(told).toEqual([]);
  });

  it("comes back where something has cleared it away", async () => {
    rmSync(path);
    await server.ensureListening();
    await link(2).stop("operator");
    expect(told).toEqual([["stop", "operator"]]);
  });
});

describe("the place of the socket", () => {
  it("is short, and in a folder for this user alone", () => {
    const long = join(tmpdir(), "x".repeat(90));
    const chosen = controlSocketPath("/state", "run-1", { XDG_RUNTIME_DIR: long });
    expect(Buffer.byteLength(chosen)).toBeLessThanOrEqual(107);
    expect(chosen.startsWith(long)).toBe(false);
    const own = controlSocketPath("/state", "run-1", { XDG_RUNTIME_DIR: folder });
    expect(own.startsWith(folder)).toBe(true);
    chmodSync(join(own, ".."), 0o755);
    expect(() => controlSocketPath("/state", "run-1", { XDG_RUNTIME_DIR: folder })).toThrow(
      "open to others",
    );
  });
});
