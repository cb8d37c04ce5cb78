import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk({ isInspected: true });
const progress = (body: string): { key: string; body: string } => ({ key: "progress", body });
const bodies = (): readonly string[] => desk().github.repository.comments.map(({ body }) => body);

describe("ensureComment", () => {
  it("R-324 keeps one comment per key, and leaves the same body as it was", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    await adapter.ensureComment("1", progress("one"), soon());
    await adapter.ensureComment("1", { key: "question--> <b>", body: "why?" }, soon());
    const second = await adapter.ensureComment("1", progress("two"), soon());
    github.takeRequests();
    const again = await adapter.ensureComment("1", progress("two\r\n"), soon());
    expect(again).toEqual(second);
    expect(github.takeRequests().filter((request) => !request.startsWith("GET"))).toEqual([]);
    expect(bodies()).toEqual([
      "<!-- signalbox:key=progress -->\ntwo",
      "<!-- signalbox:key=question%2D%2D%3E%20%3Cb%3E -->\nwhy?",
    ]);
  });

  it("R-324 finds the one that landed though its answer was lost, also in a new process", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    github.failNext(/^POST/, (_, land) => ({ ...land(), isCut: true }));
    await expect(adapter.ensureComment("1", progress("one"), soon())).rejects.toMatchObject({
      code: "tracker_transport",
      retryable: true,
    });
    await adapter.ensureComment("1", progress("one"), soon());
    await tracker().ensureComment("1", progress("two"), soon());
    expect(bodies()).toEqual(["<!-- signalbox:key=progress -->\ntwo"]);
  });

  it("R-324 finds the one whose answer came too late", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker({ timeoutMs: 300 });
    github.failNext(/^POST/, (_, land) => ({ ...land(), isHung: true }));
    await expect(adapter.ensureComment("1", progress("one"), soon())).rejects.toMatchObject({
      code: "tracker_transport",
      message: expect.stringContaining("300 ms"),
    });
    await adapter.ensureComment("1", progress("one"), soon());
    expect(bodies()).toHaveLength(1);
  });

  it("R-324 sends no write twice by itself", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    github.failNext(/^POST/, (_, land) => ({ ...land(), status: 500 }), 9);
    await expect(tracker().ensureComment("1", progress("one"), soon())).rejects.toMatchObject({
      code: "tracker_status",
      retryable: true,
    });
    expect(bodies()).toHaveLength(1);
  });

  it("R-324 two at once are one", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    await Promise.all(
      ["one", "two"].map((body) => adapter.ensureComment("1", progress(body), soon())),
    );
    expect(bodies()).toEqual(["<!-- signalbox:key=progress -->\ntwo"]);
  });

  it("looks for it on every page, and not among what strangers copied", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const marked = "<!-- signalbox:key=progress -->\nmine";
    github.repository.comment(1, marked, { author: "eve", association: "NONE" });
    for (let at = 0; at < 120; at += 1) github.repository.comment(1, `Chat ${at}`);
    github.repository.comment(1, marked, { author: "signal-worker" });
    await tracker().ensureComment("1", progress("two"), soon());
    expect(bodies().filter((body) => body.startsWith("<!--"))).toEqual([
      marked,
      "<!-- signalbox:key=progress -->\ntwo",
    ]);
  });

  it("writes anew what somebody deleted", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    await adapter.ensureComment("1", progress("one"), soon());
    github.repository.comments.length = 0;
    await adapter.ensureComment("1", progress("two"), soon());
    expect(bodies()).toEqual(["<!-- signalbox:key=progress -->\ntwo"]);
  });

  it("cuts what is longer than GitHub takes, between characters", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    await tracker().ensureComment("1", progress(`x${"🚢".repeat(40_000)}`), soon());
    const [body = ""] = bodies();
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.length).toBeGreaterThan(65_500);
    expect(body).toMatch(/🚢\n\n… cut/);
  });

  it.each([true, false])(
    "knows its own comments with the token of an app (GraphQL: %s)",
    async (hasGraphql) => {
      const { github, tracker } = desk();
      Object.assign(github.repository, { isApp: true, hasGraphql });
      github.repository.add({ number: 1 });
      await tracker().ensureComment("1", progress("one"), soon());
      await tracker().ensureComment("1", progress("two"), soon());
      expect(bodies()).toEqual(["<!-- signalbox:key=progress -->\ntwo"]);
    },
  );

  it("R-433 with the token of an app, another bot's copy of its comment is not its own", async () => {
    const { github, tracker } = desk();
    github.repository.isApp = true;
    github.repository.add({ number: 1 });
    const copy = "<!-- signalbox:key=progress -->\nquoted";
    github.repository.comment(1, copy, { author: "mirror[bot]", type: "Bot" });
    await tracker().ensureComment("1", progress("one"), soon());
    await tracker().ensureComment("1", progress("two"), soon());
    expect(bodies()).toEqual([copy, "<!-- signalbox:key=progress -->\ntwo"]);
  });

  it("R-326 an edit of what it wrote is one request", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    await adapter.ensureComment("1", progress("one"), soon());
    github.takeRequests();
    await adapter.ensureComment("1", progress("two"), soon());
    const path = `/repos/tide/tables/issues/comments/${github.repository.comments[0]?.id}`;
    expect(github.takeRequests()).toEqual([`PATCH ${path}`]);
  });
});

describe("fetchComments", () => {
  it("R-438 gives what the project's people wrote, ours and those of bots left out", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker({ allowAuthors: ["friend"] });
    await adapter.ensureComment("1", progress("one"), soon());
    github.repository.comment(1, "before");
    const after = github.repository.comments.at(-1)?.createdAt ?? null;
    github.repository.comment(1, "an answer");
    github.repository.comment(1, "yes!", { author: "friend", association: "NONE" });
    github.repository.comment(1, "me too", { author: "eve", association: "NONE" });
    github.repository.comment(1, "green", { author: "ci[bot]", type: "Bot" });
    // A person who uses the same account.
    github.repository.comment(1, "by hand", { author: "signal-worker" });
    await adapter.ensureComment("1", progress("two"), soon());
    const texts = async (from: string | null): Promise<readonly string[]> =>
      (await adapter.fetchComments("1", from, soon())).map(({ body }) => body);
    expect(await texts(after)).toEqual(["an answer", "yes!", "by hand"]);
    expect(await texts(null)).toEqual(["before", "an answer", "yes!", "by hand"]);
  });
});

describe("attachLink", () => {
  it("R-314 a link for which the comment has no room left is an error that says so", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const link = (at: number): Promise<void> =>
      adapter.attachLink(
        "1",
        { url: `https://ci.example/${at}${"x".repeat(30_000)}`, title: "x" },
        soon(),
      );
    await link(1);
    await link(2);
    const [before] = bodies();
    await expect(link(3)).rejects.toMatchObject({
      code: "tracker_status",
      retryable: false,
      message: expect.stringMatching(/#1 .*65,536 characters/),
    });
    expect(bodies()).toEqual([before]);
  });

  it("R-324 keeps one line per URL in one comment", async () => {
    const { github, tracker } = desk();
    github.repository.add({ number: 1 });
    const adapter = tracker();
    const pull = { url: "https://github.com/tide/tables/pull/5", title: "Pull [5]\n<b>" };
    await adapter.attachLink("1", pull, soon());
    await tracker().attachLink("1", pull, soon());
    await adapter.attachLink("1", { url: "https://ci.example/a b", title: "Build" }, soon());
    expect(bodies()).toEqual([
      [
        "<!-- signalbox:key=links -->",
        "Links:",
        "",
        String.raw`- [Pull \[5\] \<b\>](<https://github.com/tide/tables/pull/5>)`,
        "- [Build](<https://ci.example/a%20b>)",
      ].join("\n"),
    ]);
  });
});
