import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { Desk } from "./__fixtures__/desk.ts";

type Page = Readonly<Record<string, unknown>>;

/** Every page of a search changed. */
function rewrite({ jira }: Desk, change: (page: Page, at: number) => unknown): void {
  let at = 0;
  jira.failNext(
    /search/,
    (_, land) => {
      const reply = land();
      at += 1;
      return { ...reply, body: change(reply.body as Page, at) };
    },
    100,
  );
}

function without(page: Page, name: string): Page {
  return Object.fromEntries(Object.entries(page).filter(([key]) => key !== name));
}

async function read({ tracker }: Desk): Promise<number> {
  const adapter = tracker({ allowAuthors: "all" });
  return (await adapter.fetchIssuesByStates(["To Do"], soon())).length;
}

function fill({ jira }: Desk, count: number): void {
  for (let made = 0; made < count; made += 1) jira.world.add();
}

const paginated = { code: "tracker_pagination", retryable: true };

describe("pages of Cloud", () => {
  const desk = useDesk();

  it("R-304 are followed by tokens, and full ones cost no more", async () => {
    fill(desk(), 230);
    expect(await read(desk())).toBe(230);
    expect(
      desk()
        .jira.takeRequests()
        .filter((path) => path.includes("search")),
    ).toHaveLength(3);
    for (const id of [...desk().jira.world.issues.keys()].slice(200))
      desk().jira.world.issues.delete(id);
    expect(await read(desk())).toBe(200);
    expect(
      desk()
        .jira.takeRequests()
        .filter((path) => path.includes("search")),
    ).toHaveLength(2);
  });

  it("R-319 a page that is not the last and names no next one is no end", async () => {
    fill(desk(), 101);
    rewrite(desk(), (page) => without(page, "nextPageToken"));
    await expect(read(desk())).rejects.toMatchObject(paginated);
  });

  it("R-319 a token that comes again is no end, however many issues come with it", async () => {
    fill(desk(), 230);
    let first: unknown = null;
    rewrite(desk(), (page) => ({
      ...page,
      nextPageToken: (first ??= page["nextPageToken"]),
      isLast: false,
    }));
    await expect(read(desk())).rejects.toMatchObject(paginated);
  });

  it("R-304 where Jira does not say which page is the last, it is the one without a token", async () => {
    fill(desk(), 101);
    rewrite(desk(), (page) => without(page, "isLast"));
    expect(await read(desk())).toBe(101);
  });

  it("R-313 that are no pages fail the call", async () => {
    fill(desk(), 101);
    rewrite(desk(), (page, at) => (at === 2 ? { issues: {} } : page));
    await expect(read(desk())).rejects.toMatchObject({ code: "tracker_payload" });
  });
});

describe("pages of a Data Center", () => {
  const desk = useDesk("data-center");

  it("R-304 are counted, also where the server gives fewer than it is asked for", async () => {
    fill(desk(), 120);
    desk().jira.fault = ({ segments, body }, land) => {
      if (segments[0] === "search") Object.assign(body, { maxResults: 50 });
      return land();
    };
    expect(await read(desk())).toBe(120);
    expect(
      desk()
        .jira.takeRequests()
        .filter((path) => path.includes("search")),
    ).toHaveLength(3);
  });

  it.each<[string, (page: Page) => unknown]>([
    ["is empty before the end", (page) => ({ ...page, issues: [] })],
    ["begins elsewhere", (page) => ({ ...page, startAt: 1 })],
    ["does not say how many there are", (page) => without(page, "total")],
  ])("R-319 a page that %s is no end", async (_, change) => {
    fill(desk(), 101);
    rewrite(desk(), change);
    await expect(read(desk())).rejects.toMatchObject(paginated);
  });

  it("R-313 that are no pages fail the call", async () => {
    rewrite(desk(), () => ["hello"]);
    await expect(read(desk())).rejects.toMatchObject({ code: "tracker_payload" });
  });
});
