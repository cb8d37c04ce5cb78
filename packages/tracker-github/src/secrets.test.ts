import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { GithubTrackerAdapter } from "./github-tracker.ts";

const desk = useDesk();
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error,
  );

describe("errors", () => {
  it("R-325 hold no secret, whatever a server or a connection says", async () => {
    const { github, tracker, logged } = desk();
    const { token } = github;
    const echo = { message: `No: ${token} ${encodeURIComponent(token)}`, errors: [{ token }] };
    for (const status of [400, 401, 403, 404, 422, 429, 500]) {
      github.failNext(/./, () => ({ status, body: echo, headers: { "x-echo": token } }), 5);
      const error = await failure(tracker().fetchIssuesByStates(["todo"], soon()));
      expect(inspect(error, { depth: 9 })).not.toContain(token);
      expect(error).toMatchObject({ code: expect.stringMatching(/^tracker_/) });
    }
    const fetch = async (): Promise<never> => {
      throw new TypeError("fetch failed", { cause: new Error(`connect ${token}`) });
    };
    const options = { repository: "tide/tables", token };
    const offline = new GithubTrackerAdapter(options, { fetch });
    const error = await failure(offline.fetchChanges(null, soon()));
    expect(error).toMatchObject({ code: "tracker_transport", retryable: true });
    expect(inspect(error, { depth: 9 })).not.toContain(token);
    expect(inspect(error)).toContain("connect ***");
    expect(inspect(tracker(), { depth: 9 })).not.toContain(token);
    expect(logged.join()).not.toContain(token);
  });

  it.each([
    [{ status: 200, body: "<html>" }, "tracker_payload"],
    [{ status: 200, body: { issues: [] } }, "tracker_payload"],
    [{ status: 0, isCut: true }, "tracker_transport"],
    [{ status: 418, body: {} }, "tracker_status"],
    [{ status: 451, body: { message: "Blocked" } }, "tracker_status"],
  ])("R-314 %j is %s", async (reply, code) => {
    const { github, tracker } = desk();
    github.failNext(/./, () => reply);
    const error = await failure(tracker().fetchChanges(null, soon()));
    expect(error).toMatchObject({ code, remedy: expect.any(String) });
  });

  it("R-314 a reply without an end is cut off", async () => {
    const chunk = new Uint8Array(1_048_576);
    let sent = 0;
    const fetch = async (): Promise<Response> => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          controller.enqueue(chunk);
        },
      });
      return new Response(body, { headers: { "content-type": "application/json" } });
    };
    const endless = new GithubTrackerAdapter({ repository: "tide/tables", token: "t" }, { fetch });
    expect(await failure(endless.fetchChanges(null, soon()))).toMatchObject({
      code: "tracker_payload",
      message: expect.stringContaining("32 MB"),
    });
    expect(sent).toBeLessThan(40);
  });

  it("R-314 refused connections and certificates that nobody vouches for are transport errors", async () => {
    const tls = createTlsServer({});
    tls.on("tlsClientError", () => null);
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    tls.listen(0, "127.0.0.1", resolve);
    await listening;
    onTestFinished(() => {
      tls.close();
    });
    const { port } = tls.address() as AddressInfo;
    for (const endpoint of [`https://127.0.0.1:${port}`, "http://127.0.0.1:1"]) {
      const adapter = new GithubTrackerAdapter({ repository: "tide/tables", token: "t", endpoint });
      expect(await failure(adapter.fetchChanges(null, soon()))).toMatchObject({
        code: "tracker_transport",
        retryable: true,
      });
    }
  });

  it("an aborted call rejects with the reason of its signal, at once", async () => {
    const { github, tracker } = desk();
    const reason = new Error("drained");
    github.fault = () => ({ status: 0, isHung: true });
    const adapter = tracker();
    const given = new AbortController();
    const call = failure(adapter.fetchIssuesByIds(["1"], given.signal));
    given.abort(reason);
    expect(await call).toBe(reason);
    expect(await failure(adapter.ensureComment("1", { key: "k", body: "" }, given.signal))).toBe(
      reason,
    );
  });
});
