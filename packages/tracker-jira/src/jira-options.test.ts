import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { jiraOptionsSchema } from "./jira-options.ts";
import { JiraTrackerAdapter } from "./jira-tracker.ts";
import plugin from "./plugin.ts";

async function parse(options: unknown): Promise<unknown> {
  const result = await jiraOptionsSchema["~standard"].validate(options);
  return result.issues === undefined ? result.value : result.issues[0]?.message;
}

describe("options", () => {
  it("are read in snake_case and by their other names", async () => {
    const read = await parse({
      project_key: " tide ",
      api_key: " secret ",
      endpoint: "https://tide.atlassian.net/rest/api/3/",
      epic: "tide-7",
      jql: 'summary ~ "order by chance"',
      state_source: "category",
      blocked_by: ["depends on"],
      priorities: { Soon: 1 },
    });
    expect(read).toEqual({
      project: "TIDE",
      token: "secret",
      endpoint: "https://tide.atlassian.net",
      epic: "TIDE-7",
      jql: 'summary ~ "order by chance"',
      stateSource: "category",
      blockedBy: ["depends on"],
      priorities: { Soon: 1 },
    });
  });

  it.each([
    [{ project: "tide/tables" }, "key"],
    [{ endpoint: "http://jira.example" }, "https"],
    [{ endpoint: "https://me:secret@jira.example" }, "https"],
    [{ epic: "TIDE" }, "ABC-1"],
    [{ jql: "labels = x ORDER  BY rank" }, "ORDER BY"],
    [{ priorities: { Soon: 7 } }, "4"],
    [{ claim_label: "two words" }, "blanks"],
    [{ email: "a:b" }, "colon"],
    [{ token: " " }, "blank"],
    [{ timeout_ms: 1 }, "100"],
  ])("%j is refused", async (options, reason) => {
    expect(await parse(options)).toContain(reason);
  });

  it("R-314 without a token, an instance or a project there is no adapter", () => {
    const all = { endpoint: "https://tide.atlassian.net", project: "TIDE", token: "x" };
    const make = (lacking: object): unknown => new JiraTrackerAdapter({ ...all, ...lacking });
    expect(() => make({ token: undefined })).toThrow(
      expect.objectContaining({ code: "tracker_secret" }),
    );
    expect(() => make({ endpoint: undefined })).toThrow(
      expect.objectContaining({ code: "tracker_config" }),
    );
    expect(() => make({ project: undefined })).toThrow(
      expect.objectContaining({ code: "tracker_config" }),
    );
    expect(make({})).toBeInstanceOf(JiraTrackerAdapter);
  });

  it("the plugin has states of its own", () => {
    expect(plugin).toMatchObject({
      kind: "tracker",
      name: "jira",
      defaults: { activeStates: ["To Do", "In Progress"], terminalStates: ["Done"] },
    });
  });
});

describe.each(["cloud", "data-center"] as const)("describe, on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("R-301 has the states that there are, and a scope that stays", async () => {
    const { jira, tracker } = desk();
    const { host } = new URL(jira.endpoint);
    const told = await tracker({ project: "TIDE" }).describe(soon());
    expect(told).toEqual({
      scope: flavour === "cloud" ? `${host}/tide` : `${host}/jira/tide`,
      url: `${jira.endpoint}/browse/TIDE`,
      states: [
        { name: "To Do", kind: "unstarted" },
        { name: "In Progress", kind: "started" },
        { name: "In Review", kind: "started" },
        { name: "Done", kind: "completed" },
        { name: "Won't Do", kind: "canceled" },
      ],
    });
    const broad = await tracker({ stateSource: "category" }).describe(soon());
    expect(broad.states.map(({ name }) => name)).toEqual(["To Do", "In Progress", "Done"]);
  });

  it("R-320 what is there is not asked for twice, and what is not is tracker_config", async () => {
    const { jira, tracker } = desk();
    jira.world.add();
    const adapter = tracker({ allowAuthors: "all" });
    await adapter.fetchIssuesByStates(["To Do"], soon());
    await adapter.fetchIssuesByStates(["To Do"], soon());
    const asked = jira.takeRequests();
    expect(asked.filter((path) => path.includes("serverInfo"))).toHaveLength(1);
    expect(asked).toHaveLength(4);
    await expect(tracker({ project: "NOPE" }).fetchChanges(null, soon())).rejects.toMatchObject({
      code: "tracker_config",
      message: expect.stringContaining("NOPE"),
    });
  });
});
