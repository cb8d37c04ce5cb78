import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { calm, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

it("says what to do when git is too old or not there", async () => {
  const workspace = scratch.workspace("login");
  const bin = join(scratch.folder, "bin");
  const delivery = new GitDelivery(scratch.config({ kind: "merge" }), {
    environment: { PATH: bin },
  });
  const deliver = (): Promise<unknown> => delivery.deliver(scratch.order(workspace), calm);

  expect(await deliver()).toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/Install git 2\.38 or later and put it on PATH/),
  });
  scratch.write(join(bin, "git"), "#!/bin/sh\necho git version 2.37.9\n");
  chmodSync(join(bin, "git"), 0o755);
  expect(await deliver()).toMatchObject({
    kind: "failed",
    retryable: false,
    message: "git version 2.37.9 is too old. Install git 2.38 or later.",
  });
});
