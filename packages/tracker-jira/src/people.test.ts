import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";

describe.each(["cloud", "data-center"] as const)("authors, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-311 R-312 who cannot be assigned, or is no person, opens issues that wait for one", async () => {
    const { jira, tracker } = desk();
    jira.world.account("stranger", { isAssignable: false });
    jira.world.account("harb");
    jira.world.account("gone", { active: false });
    const authors = ["stranger", "gone", "harb", "harbour", null];
    const ids = authors.map((creator) => jira.world.add({ creator }).id);
    const reasons = async (options = {}): Promise<unknown> =>
      (await tracker(options).fetchIssuesByIds(ids, soon())).map((issue) => issue.notDispatchable);
    expect(await reasons()).toEqual([
      expect.stringMatching(/The stranger.*cannot be assigned issues of TIDE/),
      expect.stringMatching(/The gone.*closed/),
      null,
      null,
      expect.stringContaining("nobody"),
    ]);
    const { id, name } = jira.world.account("stranger");
    const allowAuthors = [flavour === "cloud" ? id : name.toUpperCase()];
    expect(await reasons({ allowAuthors })).toMatchObject([
      null,
      expect.any(String),
      null,
      null,
      expect.any(String),
    ]);
    expect(await reasons({ allowAuthors: "all" })).toEqual([null, null, null, null, null]);
  });

  it("are asked for once in a while, and not for what is done", async () => {
    const { jira, tracker, pass } = desk();
    for (let count = 0; count < 7; count += 1) jira.world.add({ creator: `author-${count % 3}` });
    jira.world.add({ creator: "author-9", status: "Done" });
    const adapter = tracker();
    const asked = async (): Promise<number> => {
      jira.takeRequests();
      await adapter.fetchIssuesByStates(["To Do", "Done"], soon());
      return jira.takeRequests().filter((path) => path.includes("/assignable/")).length;
    };
    expect([await asked(), await asked()]).toEqual([3, 0]);
    pass(900_000);
    expect(await asked()).toBe(3);
  });

  it("a permission that cannot be read fails the call", async () => {
    const { jira, tracker } = desk();
    const { id } = jira.world.add();
    jira.failNext(/assignable/, () => ({ status: 403, body: { errorMessages: ["Forbidden"] } }));
    await expect(tracker().fetchIssuesByIds([id], soon())).rejects.toMatchObject({
      code: "tracker_auth",
      remedy: expect.stringContaining("Browse users"),
    });
  });
});

describe("authors, on a Data Center", () => {
  const desk = useDesk("data-center");

  it("R-311 whose name begins that of others is none of them", async () => {
    const { jira, tracker } = desk();
    jira.world.account("harb", { isAssignable: false });
    const { id } = jira.world.add({ creator: "harb" });
    const [issue] = await tracker().fetchIssuesByIds([id], soon());
    expect(issue?.notDispatchable).toContain("cannot be assigned");
  });
});

describe("authors, on Cloud", () => {
  const desk = useDesk();

  it("R-311 customers of the portal and apps are none of the project's people", async () => {
    const { jira, tracker } = desk();
    jira.world.account("visitor", { type: "customer" });
    jira.world.account("mailer", { type: "app" });
    const ids = ["visitor", "mailer"].map((creator) => jira.world.add({ creator }).id);
    const issues = await tracker().fetchIssuesByIds(ids, soon());
    expect(issues.map(({ notDispatchable }) => notDispatchable)).toEqual([
      expect.stringContaining("customer of the portal"),
      expect.stringContaining("an app"),
    ]);
    expect(jira.takeRequests().join()).not.toContain("assignable");
  });
});
