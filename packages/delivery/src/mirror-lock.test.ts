import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function leave(name: string): string {
  const lock = join(scratch.mirror, name);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, "");
  return lock;
}

describe.runIf(existsSync("/proc/uptime"))(
  "a lock in the mirror that a killed git has left",
  () => {
    it.each(["refs/signalbox/delivering/one.lock", "packed-refs.lock"])(
      "%s keeps no work from being delivered",
      async (name) => {
        const workspace = scratch.workspace("one");
        scratch.commit("one.txt", "done\n", workspace.path);
        const lock = leave(name);
        const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
        expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
          kind: "delivered",
        });
        expect(existsSync(lock)).toBe(false);
      },
    );

    it("goes with the name of a commit whose delivery was not confirmed", async () => {
      const workspace = scratch.workspace("one");
      scratch.commit("one.txt", "done\n", workspace.path);
      const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
      const first = await delivery.deliver(scratch.order(workspace), calm);
      const lock = leave("refs/signalbox/delivering/one.lock");
      expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual(first);
      expect(existsSync(lock)).toBe(false);
    });

    it("stays while a git is at work that may have made it", async () => {
      const workspace = scratch.workspace("one");
      scratch.commit("one.txt", "done\n", workspace.path);
      const living = spawn("git", ["cat-file", "--batch"], { cwd: scratch.mirror });
      living.stdin.write("HEAD\n");
      await once(living.stdout, "data");
      const lock = leave("refs/signalbox/delivering/one.lock");
      const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
      const refused = { kind: "failed", retryable: true };
      expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject(refused);
      expect(existsSync(lock)).toBe(true);
      living.stdin.end();
      await once(living, "close");
      const delivered = { kind: "delivered" };
      expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject(delivered);
    });
  },
);
