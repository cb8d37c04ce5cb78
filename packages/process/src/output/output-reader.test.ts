import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { OutputReader } from "./output-reader.ts";

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("OutputReader.drain", () => {
  it("loses nothing where this process was too slow to read in time", async () => {
    const chunks = ["a", null];
    const stream = new Readable({
      read() {
        setImmediate(() => this.push(chunks.shift()));
      },
    });
    let text = "";
    // What is begun in an immediate sees the timers that are due before any input: the order of Node's event loop.
    await new Promise((resolve) => setImmediate(resolve));
    const reader = new OutputReader(stream, (chunk) => {
      text += chunk.toString();
    });
    const drained = reader.drain(10);
    block(50);
    await drained;
    expect(text).toBe("a");
  });

  it("waits for a consumer, however long it takes", async () => {
    const child = spawn("echo", ["hello"], { stdio: ["ignore", "pipe", "ignore"] });
    let isConsumed = false;
    const reader = new OutputReader(child.stdout, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      isConsumed = true;
    });
    await once(child.stdout, "readable");
    await reader.drain(5);
    expect(isConsumed).toBe(true);
  });

  it("gives up on an output that somebody keeps open in silence, or floods", async () => {
    for (const command of ["sleep", "yes"]) {
      const child = spawn(command, ["60"], { stdio: ["ignore", "pipe", "ignore"] });
      const exited = once(child, "exit");
      await new OutputReader(child.stdout, () => undefined).drain(20);
      expect(child.stdout.destroyed).toBe(true);
      child.kill("SIGKILL");
      await exited;
    }
  });

  it("rejects with what the consumer throws, at once or later", async () => {
    for (const consume of [
      () => {
        throw new Error("full");
      },
      () => Promise.reject(new Error("full")),
    ]) {
      const child = spawn("echo", ["hello"], { stdio: ["ignore", "pipe", "ignore"] });
      const reader = new OutputReader(child.stdout, consume);
      await expect(reader.ended).rejects.toThrow("full");
      await expect(reader.drain(5)).rejects.toThrow("full");
    }
  });
});
