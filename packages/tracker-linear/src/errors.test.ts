import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:net";
import { describe, expect, it } from "vitest";
import { LinearWorkspace, personalKey } from "./__fixtures__/linear-workspace.ts";
import { failureOf } from "./__fixtures__/failure-of.ts";
import type { LinearTrackerAdapter } from "./linear-tracker-adapter.ts";

const never = new AbortController().signal;

const list = (tracker: LinearTrackerAdapter): Promise<unknown> =>
  tracker.fetchIssuesByStates(["Todo"], never);

describe("R-314 errors have a code and say what is wrong", () => {
  it("a wrong token", async () => {
    await using linear = await LinearWorkspace.open();
    const failure = await failureOf(list(linear.tracker({ apiKey: "lin_api_wrong" })));
    expect(failure).toMatchObject({ code: "tracker_auth", retryable: false });
    expect(failure.message).toContain("Authentication required");
    expect(failure.remedy).toContain("api_key");
  });

  it("an endpoint that would send the token in the clear, or no token at all", async () => {
    await using linear = await LinearWorkspace.open();
    for (const wrong of [{ endpoint: "http://linear.example.invalid" }, { apiKey: undefined }]) {
      const failure = await failureOf(list(linear.tracker(wrong)));
      expect(failure).toMatchObject({ code: "tracker_config", retryable: false });
    }
  });

  it("a token without the scope", async () => {
    await using linear = await LinearWorkspace.open();
    const { id } = linear.server.store.addIssue(linear.team, "Todo");
    const person = linear.agent({ token: undefined, apiKey: personalKey });
    const failure = await failureOf(
      person.reportActivity(id, { key: "k", kind: "started", body: "Begun" }, never),
    );
    expect(failure).toMatchObject({ code: "tracker_auth" });
    expect(failure.remedy).toContain("app:assignable");
  });

  it("a team or a project that is not there, with those that are", async () => {
    await using linear = await LinearWorkspace.open();
    linear.server.store.addProject("Tides", "0a1b2c", linear.team);
    const team = await failureOf(list(linear.tracker({ teamKey: "OPS" })));
    expect(team.code).toBe("tracker_config");
    expect(team.message).toContain("it sees ENG");
    const project = await failureOf(list(linear.tracker({ projectSlug: "waves-ffffff" })));
    expect(project.message).toContain("0a1b2c (Tides)");
    await expect(linear.tracker({ teamKey: "OPS" }).fetchChanges(null, never)).rejects.toThrow(
      "ENG",
    );
  });

  it.each([
    [{ kind: "status", status: 500 }, "tracker_status", true],
    [{ kind: "status", status: 503, headers: { "retry-after": "7" } }, "tracker_status", true],
    [{ kind: "status", status: 401 }, "tracker_auth", false],
    [{ kind: "status", status: 403 }, "tracker_auth", false],
    [{ kind: "status", status: 404 }, "tracker_status", false],
    [{ kind: "status", status: 429 }, "tracker_rate_limited", true],
    [
      { kind: "status", status: 302, headers: { location: "https://example.invalid/" } },
      "tracker_transport",
      true,
    ],
    [{ kind: "status", status: 200 }, "tracker_payload", true],
    [{ kind: "body", body: '{"data":{"view' }, "tracker_payload", true],
    [{ kind: "body", body: '{"data":null}' }, "tracker_payload", true],
    [{ kind: "body", body: '{"data":{"viewer":null}}' }, "tracker_payload", false],
    [{ kind: "cut", lands: false }, "tracker_transport", true],
    [{ kind: "hang", lands: false }, "tracker_transport", true],
  ] as const)("R-320 %j is %s", async (fault, code, retryable) => {
    await using linear = await LinearWorkspace.open();
    linear.server.faults.push(fault);
    const failure = await failureOf(list(linear.tracker({ timeoutMs: 1000 })));
    expect(failure).toMatchObject({ code, retryable });
    const isSevenSeconds = fault.kind === "status" && fault.status === 503;
    expect(failure.retryAfterMs === 7000).toBe(isSevenSeconds);
  });

  it("an hour without a connection is an hour of errors, then it goes on", async () => {
    await using linear = await LinearWorkspace.open();
    const dead = createServer().listen(0, "127.0.0.1");
    await once(dead, "listening");
    const address = dead.address();
    const port = typeof address === "object" ? address?.port : 0;
    dead.close();
    const tracker = linear.tracker({ endpoint: `http://127.0.0.1:${port}/graphql` });
    for (let attempt = 0; attempt < 120; attempt += 1) {
      const failure = await failureOf(list(tracker));
      expect(failure).toMatchObject({ code: "tracker_transport", retryable: true });
      expect(failure.message).toContain("ECONNREFUSED");
    }
  });

  it("a TLS error says that it is one", async () => {
    const plain = createTlsServer((socket) => socket.end("no TLS here")).listen(0, "127.0.0.1");
    await once(plain, "listening");
    const address = plain.address();
    const port = typeof address === "object" ? address?.port : 0;
    await using linear = await LinearWorkspace.open();
    const failure = await failureOf(
      list(linear.tracker({ endpoint: `https://127.0.0.1:${port}/` })),
    );
    plain.close();
    expect(failure).toMatchObject({ code: "tracker_transport", retryable: true });
    expect(failure.remedy).toContain("certificate");
  });
});

describe("secrets", () => {
  it("R-325 an error has no token, whatever the server echoes", async () => {
    await using linear = await LinearWorkspace.open();
    const body = JSON.stringify({
      errors: [{ message: `bad key ${personalKey}`, extensions: { type: "invalid input" } }],
    });
    linear.server.faults.push(
      { kind: "body", body },
      { kind: "body", body: `{"data":{"${personalKey}":` },
    );
    const tracker = linear.tracker({}, {});
    for (const failure of [await failureOf(list(tracker)), await failureOf(list(tracker))]) {
      expect(described(failure)).not.toContain(personalKey);
    }
    const failing = linear.tracker(
      {},
      { fetch: () => Promise.reject(new TypeError(`no way with ${personalKey}`)) },
    );
    const failure = await failureOf(list(failing));
    expect(failure.message).toContain("no way with ***");
    expect(described(failure)).not.toContain(personalKey);
    expect(JSON.stringify(linear.log)).not.toContain(personalKey);
  });
});

/** An error with all that hangs on it. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack} ${JSON.stringify(error)} ${described(error.cause)}`;
}
