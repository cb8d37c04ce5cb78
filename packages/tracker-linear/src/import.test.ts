import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("importing the package and making a tracker loads no SDK", async () => {
  const code = `
    const { default: plugin } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});
    await plugin.create(
      { apiKey: "k", teamKey: "ENG", agentSessions: true },
      { logger: { log() {} }, fetch, now: Date.now },
    );
    const { Session } = await import("node:inspector");
    const session = new Session();
    session.connect();
    const urls = [];
    session.on("Debugger.scriptParsed", ({ params }) => urls.push(params.url));
    session.post("Debugger.enable");
    console.log(JSON.stringify(urls));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=@signalbox/source",
    "--input-type=module",
    "--eval",
    code,
  ]);
  expect(stdout).toContain("linear-client.ts");
  expect(stdout).not.toContain("@linear/sdk");
});
