import { once } from "node:events";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlClient } from "./control-client.ts";
import type { CarryOut } from "./control-connection.ts";
import { placeFile, readPlace, socketCandidates, writePlace } from "./control-place.ts";
import { ControlServer } from "./control-server.ts";
import { controlVersion, type Hello } from "./protocol.ts";

let folder = "";
const opened: ControlServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-control-"));
});

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
  await rm(folder, { recursive: true, force: true });
});

const workflow = "/repository/WORKFLOW.md";

function helloOf(epoch: number): Hello {
  const pid = process.pid;
  return {
    type: "hello",
    v: controlVersion,
    pid,
    host: "h",
    epoch,
    since: 1,
    version: "1",
    workflow,
  };
}

const echo: CarryOut = async ({ verb }) => verb;

async function opens(
  options: { stateDir?: string; epoch?: number; carryOut?: CarryOut } = {},
): Promise<ControlServer> {
  const { stateDir = folder, epoch = 1, carryOut = echo } = options;
  const hello = helloOf(epoch);
  const server = await ControlServer.open({
    stateDir,
    environment: { XDG_RUNTIME_DIR: join(folder, "runtime") },
    hello,
    carryOut,
  });
  opened.push(server);
  return server;
}

async function asks(stateDir = folder): Promise<unknown> {
  using client = await ControlClient.connect({ stateDir, path: workflow });
  return await client.request({ verb: "status" });
}

async function modeOf(path: string): Promise<number> {
  return (await lstat(path)).mode & 0o777;
}

/** Whatever becomes of it before: a hostile client expects no better. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

async function connected(path: string): Promise<Socket> {
  const socket = createConnection(path);
  // What the server does to a hostile client is no error of the test.
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  return socket;
}

describe("the control socket", () => {
  it("answers, is this user's alone, and is gone after its end", async () => {
    const server = await opens();
    expect(await asks()).toBe("status");
    expect(await modeOf(server.path)).toBe(0o600);
    expect(await modeOf(join(folder, "control"))).toBe(0o700);
    expect(await modeOf(placeFile(folder))).toBe(0o600);
    await server.close();
    expect(await readPlace(folder)).toBeNull();
    await expect(asks()).rejects.toMatchObject({ code: "daemon_not_running" });
  });

  it("passes the daemon's own error and progress on", async () => {
    await opens({
      carryOut: async (_request, progress) => {
        progress("one");
        progress("two");
        throw new TypeError("broken");
      },
    });
    using client = await ControlClient.connect({ stateDir: folder, path: workflow });
    const told: string[] = [];
    const answer = client.request({ verb: "status" }, (text) => told.push(text));
    await expect(answer).rejects.toMatchObject({ code: "internal", message: "broken" });
    expect(told).toEqual(["one", "two"]);
  });

  it("stands on a short path where the state folder's is too long for a socket", async () => {
    const stateDir = join(folder, "x".repeat(120));
    await mkdir(stateDir);
    const server = await opens({ stateDir });
    expect(Buffer.byteLength(server.path)).toBeLessThanOrEqual(103);
    expect(await asks(stateDir)).toBe("status");
    const other = join(folder, "y".repeat(120));
    const paths = [stateDir, other].map(
      (each) => socketCandidates(each, { pid: 1, epoch: 1 }, {})[0]?.path,
    );
    expect(new Set(paths).size).toBe(2);
  });

  it("does not stand in a folder of somebody else's making", async () => {
    await symlink(folder, join(folder, "control"));
    const server = await opens();
    expect(server.path.startsWith(join(folder, "control"))).toBe(false);
    expect(await asks()).toBe("status");
  });

  it("takes the place of a dead daemon's socket, and leaves that of the next alone", async () => {
    const old = join(folder, "control", "1-1.sock");
    await mkdir(join(folder, "control"), { mode: 0o700 });
    const dead = createServer().listen(old);
    await once(dead, "listening");
    await writePlace(folder, { pid: 1, epoch: 1, socket: old, workflow });
    const server = await opens({ epoch: 2 });
    await expect(lstat(old)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await asks()).toBe("status");
    const next = await opens({ epoch: 3 });
    await server.close();
    expect((await readPlace(folder))?.socket).toBe(next.path);
    expect(await asks()).toBe("status");
    dead.close();
  });

  it("removes those of daemons that died before they could say where they listen", async () => {
    const control = join(folder, "control");
    await mkdir(control, { mode: 0o700 });
    const names = ["1-7.sock", "3-8.sock"];
    const left = names.map((name) => createServer().listen(join(control, name)));
    await Promise.all(left.map((server) => once(server, "listening")));
    await writeFile(join(control, "1-9.sock"), "no socket");
    await opens({ epoch: 3 });
    const found = await readdir(control);
    expect(found.toSorted()).toEqual(["1-9.sock", `3-${process.pid}.sock`, "3-8.sock"].toSorted());
    for (const server of left) server.close();
  });

  it("is not asked where its file is of another workflow, damaged, or of a dead daemon", async () => {
    const gone = { code: "daemon_not_running" };
    await opens();
    const other = ControlClient.connect({ stateDir: folder, path: "/another/WORKFLOW.md" });
    await expect(other).rejects.toMatchObject(gone);
    for (const text of ["", "{", "[]", '{"v":1}']) {
      await writeFile(placeFile(folder), text);
      await expect(asks()).rejects.toMatchObject(gone);
    }
    await writePlace(folder, { pid: 1, epoch: 1, socket: join(folder, "none.sock"), workflow });
    await expect(asks()).rejects.toMatchObject(gone);
  });

  it("refuses a daemon of another protocol, and one that says nonsense", async () => {
    const path = join(folder, "other.sock");
    const replies = [JSON.stringify({ ...helloOf(1), v: 99 }), "hello there"];
    const other = createServer((socket) => socket.end(`${replies.shift()}\n`)).listen(path);
    await once(other, "listening");
    await writePlace(folder, { pid: 7, epoch: 1, socket: path, workflow });
    await expect(asks()).rejects.toMatchObject({ code: "control_version" });
    await expect(asks()).rejects.toMatchObject({ code: "daemon_silent" });
    other.close();
  });

  it("tells a client whose daemon goes away before it has answered", async () => {
    const server = await opens({
      carryOut: (_request, progress, gone) => {
        progress("working");
        const { promise, resolve } = Promise.withResolvers<void>();
        gone.addEventListener("abort", () => resolve());
        return promise;
      },
    });
    using client = await ControlClient.connect({ stateDir: folder, path: workflow });
    const answer = client.request({ verb: "status" }, () => void server.close());
    await expect(answer).rejects.toMatchObject({ code: "daemon_lost" });
  });
});

describe("a hostile client", () => {
  const order = `{"v":1,"verb":"status"}`;

  it.each([
    ["a huge line", Buffer.alloc(8 * 1024 * 1024, "x")],
    ["bytes that are no text", Buffer.from([0, 255, 254, 10, 0, 200])],
    ["no JSON", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["another version", Buffer.from(`{"v":2,"verb":"status"}\n`)],
    ["an unknown verb", Buffer.from(`{"v":1,"verb":"format-disk"}\n`)],
    ["two requests at once", Buffer.from(`${order}\n${order}\n`)],
    ["a prototype", Buffer.from(`{"v":1,"verb":"status","__proto__":{"verb":"drain"}}`)],
    ["nothing but its end", Buffer.alloc(0)],
  ])("with %s gets no further than its own connection", async (_name, bytes) => {
    const carried: string[] = [];
    const server = await opens({
      carryOut: async (request) => {
        carried.push(request.verb);
        return null;
      },
    });
    const socket = await connected(server.path);
    const closed = closeOf(socket);
    socket.end(bytes);
    await closed;
    expect(carried).toEqual([]);
    expect(await asks()).toBeNull();
  });

  it("is cut off where it goes on after its request", async () => {
    const server = await opens({ carryOut: () => Promise.withResolvers<never>().promise });
    const socket = await connected(server.path);
    const closed = closeOf(socket);
    socket.write(`${order}\n`);
    const flood = setInterval(() => socket.write("x".repeat(1024)), 5);
    await closed;
    clearInterval(flood);
    expect(socket.destroyed).toBe(true);
  });

  it("cannot take more than its share of connections, and keeps none from ending", async () => {
    const server = await opens();
    const sockets = Array.from({ length: 100 }, () => createConnection(server.path));
    let closed = 0;
    const { promise: dropped, resolve } = Promise.withResolvers<void>();
    for (const socket of sockets) {
      socket.on("error", () => undefined).resume();
      socket.once("close", () => {
        closed += 1;
        if (closed === 100 - 32) resolve();
      });
    }
    await dropped;
    const left = sockets.filter((socket) => !socket.destroyed);
    expect(left).toHaveLength(32);
    await Promise.all(left.map((socket) => closeOf(socket.destroy())));
    await expect.poll(() => asks()).toBe("status");
    const silent = await connected(server.path);
    const ended = closeOf(silent);
    await server.close();
    await ended;
  });

  it("that does not read what it asked for is dropped", async () => {
    const server = await opens({ carryOut: async () => "x".repeat(4 * 1024 * 1024) });
    const socket = createConnection(server.path);
    socket.on("error", () => undefined).pause();
    await once(socket, "connect");
    socket.write(`${order}\n`);
    expect(await asks()).toHaveLength(4 * 1024 * 1024);
    const closed = closeOf(socket);
    await server.close();
    socket.resume();
    await closed;
    expect(await readFile(placeFile(folder), "utf8").catch(() => "gone")).toBe("gone");
  });
});
