import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

const desk = useDesk();

function bodies(): readonly string[] {
  return desk().gitlab.project.notes.map(({ body }) => body);
}

describe("ensureComment", () => {
  it("R-324 writes one note for a key, also of two calls at once and of another process", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker();
    const write = async (body: string, by = adapter): Promise<unknown> =>
      by.ensureComment("1", { key: "run/1 -- x", body }, soon());
    await Promise.all([write("one"), write("one")]);
    await write("two");
    await write("three", tracker());
    await adapter.ensureComment("1", { key: "other", body: "four" }, soon());
    expect(bodies()).toEqual([
      expect.stringMatching(/^<!-- signalbox:key=\S+ -->\nthree$/),
      expect.stringMatching(/\nfour$/),
    ]);
    expect(bodies()[0]).not.toContain("-- x");
  });

  it("R-324 a marker that somebody copied is theirs", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    gitlab.project.note(1, "<!-- signalbox:key=progress -->\nmine", { author: "stranger" });
    await tracker().ensureComment("1", { key: "progress", body: "ours" }, soon());
    expect(bodies()).toHaveLength(2);
    expect(bodies()[0]).toContain("mine");
  });

  it("finds its note behind a hundred others, and makes it anew where it was deleted", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const adapter = tracker();
    await adapter.ensureComment("1", { key: "progress", body: "one" }, soon());
    for (let at = 0; at < 120; at += 1) gitlab.project.note(1, `Answer ${at}`);
    await tracker().ensureComment("1", { key: "progress", body: "two" }, soon());
    expect(bodies().filter((body) => body.includes("signalbox"))).toHaveLength(1);
    gitlab.project.notes = [];
    await adapter.ensureComment("1", { key: "progress", body: "three" }, soon());
    expect(bodies()).toEqual([expect.stringContaining("three")]);
  });

  it("what an agent says is no order to GitLab", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    const body = "Done.\r\n/close\n  /label ~x\nsee a/close\n```\n/assign me\n```\n/tmp/x";
    const order = { key: "progress", body };
    await tracker().ensureComment("1", order, soon());
    expect(bodies()[0]).not.toMatch(/^\s*\/[a-z]/m);
    expect(bodies()[0]).toContain("Done.\n\\/close\n  \\/label ~x\nsee a/close\n");
    const first = gitlab.project.notes[0]?.updatedAt;
    await tracker().ensureComment("1", order, soon());
    expect(gitlab.project.notes.map(({ updatedAt }) => updatedAt)).toEqual([first]);
  });

  it("a body that is too long is cut, and says so", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    await tracker().ensureComment("1", { key: "k", body: "🌊".repeat(600_000) }, soon());
    const [body = ""] = bodies();
    expect(body.length).toBeLessThanOrEqual(1_000_000);
    expect(body).toMatch(/🌊\n\n… cut: GitLab takes 1000000 characters in a comment\.$/u);
  });
});

describe("fetchComments", () => {
  it("R-433 gives those of the project's people alone", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    gitlab.project.members.set("project_7_bot_abc", 40).set("deploy-helper", 30).set("guest", 10);
    gitlab.project.bots.add("deploy-helper");
    gitlab.project.note(1, "A person's.");
    gitlab.project.note(1, "added ~bug label", { system: true });
    for (const author of ["stranger", "guest", "project_7_bot_abc", "deploy-helper"]) {
      gitlab.project.note(1, "Not this.", { author });
    }
    await tracker().ensureComment("1", { key: "question", body: "ours" }, soon());
    // The person whose token it is.
    gitlab.project.note(1, "By hand.", { author: "signal-worker" });
    const told = async (options = {}): Promise<readonly string[]> =>
      (await tracker(options).fetchComments("1", null, soon())).map(({ body }) => body);
    expect(await told()).toEqual(["A person's.", "By hand."]);
    expect(await told({ allowAuthors: ["stranger"] })).toEqual([
      "A person's.",
      "Not this.",
      "By hand.",
    ]);
  });

  it("R-433 reads no further back than it is asked to", async () => {
    const { gitlab, tracker } = desk();
    gitlab.project.add({ iid: 1 });
    for (let at = 0; at < 230; at += 1) gitlab.project.note(1, `Answer ${at}`);
    const all = await tracker().fetchComments("1", null, soon());
    expect(all.map(({ body }) => body)).toEqual(
      Array.from({ length: 230 }, (_, at) => `Answer ${at}`),
    );
    gitlab.takeRequests();
    const late = await tracker().fetchComments("1", all.at(-3)?.createdAt ?? null, soon());
    expect(late.map(({ body }) => body)).toEqual(["Answer 228", "Answer 229"]);
    const asked = gitlab.takeRequests().filter((path) => path.includes("/notes"));
    expect(asked).toHaveLength(1);
  });
});

it("R-314 a link for which the note has no room left is an error that says so", async () => {
  const { gitlab, tracker } = desk();
  gitlab.project.add({ iid: 1 });
  const adapter = tracker();
  const link = (at: number): Promise<void> => {
    const url = `https://example.com/${at}${"x".repeat(600_000)}`;
    return adapter.attachLink("1", { url, title: "Long" }, soon());
  };
  await link(1);
  const [before] = bodies();
  await expect(link(2)).rejects.toMatchObject({
    code: "tracker_status",
    retryable: false,
    message: expect.stringMatching(/#1 .*1,000,000 characters/),
  });
  expect(bodies()).toEqual([before]);
});

it("attachLink keeps titles from being markup", async () => {
  const { gitlab, tracker } = desk();
  gitlab.project.add({ iid: 1 });
  const adapter = tracker();
  const order = { url: "https://example.com/a b", title: "One](x)\n/close [two]" };
  await adapter.attachLink("1", order, soon());
  await adapter.attachLink("1", { ...order, title: "Other" }, soon());
  expect(bodies()).toEqual([
    expect.stringContaining(String.raw`- [One\](x) /close \[two\]](<https://example.com/a%20b>)`),
  ]);
});
