import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { textOf } from "./issue-record.ts";

describe.each(["cloud", "data-center"] as const)("ensureComment, on %s", (flavour) => {
  const desk = useDesk(flavour);
  const bodies = (): readonly string[] =>
    desk().jira.world.comments.map(({ body }) => textOf(body).replace(/^\{anchor:[\w-]+\}\n/, ""));

  it("R-324 writes one comment for a key, also of two calls at once and of another process", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    const write = async (body: string, by = adapter): Promise<unknown> =>
      by.ensureComment(id, { key: "run/1 {x} -- é", body }, soon());
    await Promise.all([write("one"), write("one")]);
    await write("two");
    await write("three", tracker());
    await adapter.ensureComment(id, { key: "other", body: "four" }, soon());
    expect(bodies()).toEqual(["three", "four"]);
    expect(
      jira.requests.filter(({ method, path }) => method !== "GET" && !path.includes("/list")),
    ).toHaveLength(4);
  });

  it("R-324 a mark that somebody copied is theirs", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    await tracker().ensureComment(id, { key: "progress", body: "ours" }, soon());
    const [own] = jira.world.comments;
    jira.world.comments = [];
    jira.world.write({
      issue: id,
      body: own?.body,
      properties: own?.properties ?? [],
      author: "stranger",
    });
    await tracker().ensureComment(id, { key: "progress", body: "two" }, soon());
    expect(bodies()).toEqual(["ours", "two"]);
  });

  it("finds its comment behind hundreds of others, and makes it anew where it was deleted", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    await adapter.ensureComment(id, { key: "progress", body: "first" }, soon());
    for (let at = 0; at < 220; at += 1) jira.world.comment(id, `Answer ${at}`);
    await tracker().ensureComment(id, { key: "progress", body: "second" }, soon());
    expect(bodies().filter((body) => !body.startsWith("Answer"))).toEqual(["second"]);
    jira.world.comments = [];
    await adapter.ensureComment(id, { key: "progress", body: "third" }, soon());
    expect(bodies()).toEqual(["third"]);
  });

  it("the same body leaves the comment as it was, and says when that was", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const order = { key: "progress", body: "**Done** {code}\r\n- a\r\n" };
    const first = await tracker().ensureComment(id, order, soon());
    const again = await tracker().ensureComment(id, order, soon());
    expect(again).toEqual(first);
    const { updatedMs = 0 } = jira.world.comments[0] ?? {};
    expect(first.writtenAt).toBe(new Date(updatedMs).toISOString());
  });

  it("customers of a service project do not see it, and others know of no customers", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const internal = { key: "sd.public.comment", value: { internal: true } };
    await tracker().ensureComment(id, { key: "one", body: "1" }, soon());
    expect(jira.world.comments[0]?.properties).not.toContainEqual(internal);
    jira.world.hasCustomers = true;
    await tracker().ensureComment(id, { key: "two", body: "2" }, soon());
    expect(jira.world.comments[1]?.properties).toContainEqual(internal);
  });

  it("a body of a megabyte is cut, and says so", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    await tracker().ensureComment(id, { key: "k", body: `x${"🌊".repeat(500_000)}` }, soon());
    const [body = ""] = bodies();
    expect(body.length).toBeLessThan(32_000);
    expect(body).toMatch(/🌊\n\n… cut: Jira takes no longer comment\.$/u);
  });

  it("has no characters that no text holds", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const order = { key: "k", body: "a\u0000b\u001B[0mc\uD83Cd\te" };
    await tracker().ensureComment(id, order, soon());
    const [body = ""] = bodies();
    expect(body.replaceAll("\\", "")).toContain("ab[0mc\uFFFDd\te");
  });
});

describe("ensureComment, on a Data Center", () => {
  const desk = useDesk("data-center");

  it("what an agent says is no macro, no mention and no image", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const body = "**Done** [~admin] {html}x{html} !https://x.example/1.png! [a|b]";
    await tracker().ensureComment(id, { key: "progress", body }, soon());
    const [written] = jira.world.comments;
    expect(String(written?.body)).toMatch(/^\{anchor:signalbox-[\w-]+\}\n/);
    expect(String(written?.body).split("\n")[1]).toBe(
      String.raw`**Done** \[~admin\] \{html\}x\{html\} \!https://x.example/1.png\! \[a|b\]`,
    );
  });

  it("a backslash of an agent's own keeps nothing from being kept from acting", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const body = String.raw`\[~admin] \\{html} C:\dir`;
    await tracker().ensureComment(id, { key: "progress", body }, soon());
    // Two backslashes are a line break in Jira's markup, and what follows them acts.
    expect(String(jira.world.comments[0]?.body).split("\n")[1]).toBe(
      String.raw`&#92;\[~admin\] &#92;&#92;\{html\} C:\dir`,
    );
  });

  it("is no longer than Jira takes, however much of it is markup", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    await tracker().ensureComment(id, { key: "k", body: "[{}]".repeat(10_000) }, soon());
    const [written] = jira.world.comments;
    expect(String(written?.body).length).toBeLessThanOrEqual(32_767);
    expect(String(written?.body)).toMatch(/\n\n… cut: /);
  });
});

describe("ensureComment, on Cloud", () => {
  const desk = useDesk();

  it("is a document, and nothing of its key is to be seen", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    await tracker().ensureComment(
      id,
      { key: "progress", body: "# Run 1\n\n- `a` [~admin]" },
      soon(),
    );
    const [written] = jira.world.comments;
    expect(written?.body).toMatchObject({
      type: "doc",
      content: [{ type: "heading" }, { type: "bulletList" }],
    });
    expect(JSON.stringify(written?.body)).not.toMatch(/progress|mention/);
    expect(written?.properties).toMatchObject([{ key: "signalbox", value: { key: "progress" } }]);
  });
});

describe.each(["cloud", "data-center"] as const)("fetchComments, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-433 gives those of the project's people alone, in Markdown", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    jira.world.account("stranger", { isAssignable: false });
    jira.world.account("bot", { type: "app" });
    jira.world.account("visitor", { type: "customer" });
    jira.world.comment(id, "A person's.");
    for (const author of ["stranger", "bot", "visitor"]) {
      jira.world.comment(id, `Of the ${author}.`, { author });
    }
    await tracker().ensureComment(id, { key: "question", body: "ours" }, soon());
    // The person whose token it is.
    jira.world.comment(id, "By hand.", { author: "signal-worker" });
    const told = async (options = {}): Promise<readonly string[]> =>
      (await tracker(options).fetchComments(id, null, soon())).map(({ body }) => body);
    const strangers = flavour === "cloud" ? [] : ["Of the bot.", "Of the visitor."];
    expect((await told()).filter((body) => !strangers.includes(body))).toEqual([
      "A person's.",
      "By hand.",
    ]);
    const allowAuthors = [jira.world.account("stranger").id];
    expect(await told({ allowAuthors })).toContain("Of the stranger.");
    const [first] = await tracker().fetchComments(id, null, soon());
    expect(first).toMatchObject({
      author: "The harbour",
      createdAt: new Date(jira.world.comments[0]?.createdMs ?? 0).toISOString(),
    });
  });

  it("R-433 reads no further back than it is asked to", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    for (let at = 0; at < 230; at += 1) jira.world.comment(id, `Answer ${at}`);
    const all = await tracker().fetchComments(id, null, soon());
    expect(all.map(({ body }) => body)).toEqual(
      Array.from({ length: 230 }, (_, at) => `Answer ${at}`),
    );
    jira.takeRequests();
    const late = await tracker().fetchComments(id, all.at(-3)?.createdAt ?? null, soon());
    expect(late.map(({ body }) => body)).toEqual(["Answer 228", "Answer 229"]);
    expect(jira.takeRequests().filter((path) => path.includes("/comment?"))).toHaveLength(1);
  });

  it("R-320 of an issue that is gone fail", async () => {
    const { tracker } = desk();
    for (const id of ["77", "TIDE-1"]) {
      await expect(tracker().fetchComments(id, null, soon())).rejects.toMatchObject({
        code: "tracker_status",
      });
    }
  });
});

describe.each(["cloud", "data-center"] as const)("attachLink, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("is a link of Jira's own, once for each address", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    const adapter = tracker();
    const order = { url: "https://example.com/a b", title: "One\ntwo" };
    await adapter.attachLink(id, order, soon());
    await adapter.attachLink(id, { ...order, title: "x".repeat(300) }, soon());
    await adapter.attachLink(id, { url: "https://example.com/c", title: " " }, soon());
    expect(jira.world.links.map(({ object }) => object)).toEqual([
      { url: "https://example.com/a%20b", title: "x".repeat(255) },
      { url: "https://example.com/c", title: "https://example.com/c" },
    ]);
    expect(jira.world.comments).toEqual([]);
  });
});
