import { once } from "node:events";
import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixtureOrder, startFixture } from "./__fixtures__/start-fixture.ts";
import { isAlive, startProcess } from "./index.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-process-")));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("startProcess", () => {
  it("gives the program exactly the arguments, folder, environment and input of the order", async () => {
    let output = "";
    const script = `
      let input = "";
      for await (const chunk of process.stdin) input += chunk;
      // A shell that puts it into its cgroup adds the last ones.
      const { SIGNALBOX_PROCESS_ID, PWD, OLDPWD, SHLVL, _, ...environment } = process.env;
      console.log(JSON.stringify({ input, cwd: process.cwd(), environment, parameters: process.argv.slice(1) }));`;
    const parameters = ["$HOME", "a b", "; exit 3", ""];
    const started = await startProcess({
      command: [process.execPath, "--input-type=module", "-e", script, "--", ...parameters],
      cwd: folder,
      environment: { ONLY: "this" },
      runMarker: "run-1",
      stdin: "héllo",
      graceMs: 100,
      onStdout: (chunk) => {
        output += chunk.toString();
      },
    });
    await expect(started.exited).resolves.toMatchObject({ code: 0, signal: null, stoppedBy: null });
    expect(JSON.parse(output)).toEqual({
      input: "héllo",
      cwd: folder,
      environment: { ONLY: "this", SIGNALBOX_RUN_ID: "run-1" },
      parameters,
    });
  });

  it("without input gives the end of the file at once", async () => {
    const { process: cat } = await startFixture(["cat"]);
    await expect(cat.exited).resolves.toMatchObject({ code: 0 });
  });

  it("does not mind a program that ends without reading its input", async () => {
    const { process: started } = await startFixture(["true"], { stdin: "x".repeat(1 << 20) });
    await expect(started.exited).resolves.toMatchObject({ code: 0 });
  });

  it("passes a stream on as it comes, and destroys it when the program has ended", async () => {
    const input = new PassThrough();
    const heard = new PassThrough();
    const { process: started } = await startFixture(
      ["sh", "-c", "read a; echo $a; read b; exit 3"],
      {
        stdin: input,
        onStdout: (chunk) => void heard.write(chunk),
      },
    );
    input.write("first\n");
    expect(String((await once(heard, "data"))[0])).toBe("first\n");
    input.write("second\n");
    await expect(started.exited).resolves.toMatchObject({ code: 3 });
    expect(input.destroyed).toBe(true);
    input.write("nobody reads this\n");
  });

  it("reports the signal that ended it", async () => {
    const { process: started } = await startFixture(["sh", "-c", "kill -SEGV $$"]);
    await expect(started.exited).resolves.toMatchObject({ code: null, signal: "SIGSEGV" });
  });

  it("R-522 a slow consumer makes the program wait, and gets everything", async () => {
    let received = 0;
    let isBusy = false;
    let calledWhileBusy = false;
    const { process: started } = await startFixture(["head", "-c", "5000000", "/dev/zero"], {
      onStdout: async (chunk) => {
        calledWhileBusy ||= isBusy;
        isBusy = true;
        await new Promise((resolve) => setImmediate(resolve));
        isBusy = false;
        received += chunk.length;
      },
    });
    await expect(started.exited).resolves.toMatchObject({ code: 0 });
    expect(received).toBe(5_000_000);
    expect(calledWhileBusy).toBe(false);
  });

  it("stops the process and passes on what a consumer throws", async () => {
    const failure = new Error("the disk is full");
    const { process: started } = await startFixture(["yes"], {
      onStdout: () => {
        throw failure;
      },
    });
    await expect(started.exited).rejects.toBe(failure);
    expect(isAlive(started.pid, null)).toBe(false);
  });

  describe("R-517 a program that cannot be started is a clear error", () => {
    it("names the program, how much of a PATH was searched, and how to get it", async () => {
      const order = { ...fixtureOrder(["no-such-agent"]), environment: { PATH: "/usr/bin:/bin" } };
      await expect(startProcess(order)).rejects.toMatchObject({
        code: "process_not_found",
        message: expect.stringMatching(/"no-such-agent".* in the 2 folders of PATH$/),
        remedy: expect.stringContaining("Install"),
      });
    });

    it("looks on the PATH of the order, not on its own", async () => {
      const order = { ...fixtureOrder(["sh"]), environment: { PATH: folder } };
      await expect(startProcess(order)).rejects.toMatchObject({ code: "process_not_found" });
    });

    it("tells a file without the right to execute from a missing one", async () => {
      const file = join(folder, "plain.txt");
      await writeFile(file, "echo hello");
      await expect(startProcess(fixtureOrder([file]))).rejects.toMatchObject({
        code: "process_not_executable",
        remedy: expect.stringContaining("chmod +x"),
      });
      await expect(startProcess(fixtureOrder([folder]))).rejects.toMatchObject({
        code: "process_not_executable",
      });
    });

    it.each([null, `test-${process.pid}-script`])(
      "R-517 says that the interpreter of a script is missing (run %s)",
      async (runMarker) => {
        const file = join(folder, "script");
        await writeFile(file, "#! /no/such/interpreter -x\n");
        await chmod(file, 0o755);
        await expect(startProcess({ ...fixtureOrder([file]), runMarker })).rejects.toMatchObject({
          code: "process_not_found",
          message: expect.stringContaining("interpreter"),
        });
      },
    );

    it("says that the working folder is missing, or is a file", async () => {
      const order = fixtureOrder(["true"]);
      const file = join(folder, "a-file");
      await writeFile(file, "");
      for (const cwd of [join(folder, "gone"), file]) {
        await expect(startProcess({ ...order, cwd })).rejects.toMatchObject({
          code: "process_cwd",
          message: expect.stringContaining(cwd),
        });
      }
    });

    it("explains arguments that the system does not take", async () => {
      const tooLong = "x".repeat(3_000_000);
      for (const argument of [tooLong, "a\0b"]) {
        await expect(startProcess(fixtureOrder(["true", argument]))).rejects.toMatchObject({
          code: "process_spawn",
          remedy: expect.any(String),
        });
      }
    });

    it("finds a relative path from the working folder", async () => {
      const file = join(folder, "agent.sh");
      await writeFile(file, "#!/bin/sh\nexit 7\n");
      await chmod(file, 0o755);
      const started = await startProcess({ ...fixtureOrder(["./agent.sh"]), cwd: folder });
      await expect(started.exited).resolves.toMatchObject({ code: 7 });
    });
  });

  it("R-515 an order that is aborted before it starts, starts nothing", async () => {
    const signal = AbortSignal.abort("operator");
    await expect(startProcess({ ...fixtureOrder(["true"]), signal })).rejects.toBe("operator");
  });

  it("a program that ends at once is no problem", async () => {
    const all = Array.from({ length: 20 }, async () => {
      const { process: started } = await startFixture(["true"]);
      return started.exited;
    });
    for (const exit of await Promise.all(all)) expect(exit.code).toBe(0);
  });
});
