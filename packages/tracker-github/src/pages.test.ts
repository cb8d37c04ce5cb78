import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { Desk } from "./__fixtures__/desk.ts";
import type { FakeReply } from "./__fixtures__/fake-github.ts";

const desk = useDesk();
const list = (): Promise<readonly { id: string }[]> =>
  desk().tracker().fetchIssuesByStates(["todo"], soon());

function fill({ github }: Desk, count: number): void {
  for (let number = 1; number <= count; number += 1) github.repository.add({ number });
}

/** Open issues, their first page with another `Link` header. */
function relink(header: (reply: FakeReply) => string | null): void {
  desk().github.failNext(/issues$/, (_, land) => {
    const reply = land();
    const value = header(reply);
    return { ...reply, headers: value === null ? {} : { link: value } };
  });
}

describe("pages", () => {
  it("R-304 keep their order", async () => {
    fill(desk(), 230);
    const ids = (await list()).map(({ id }) => Number(id));
    expect(ids).toEqual(Array.from({ length: 230 }, (_, at) => at + 1));
  });

  it("R-313 one that fails fails the call", async () => {
    fill(desk(), 130);
    const { github } = desk();
    github.fault = ({ url }) => (url.searchParams.get("page") === "2" ? { status: 502 } : null);
    await expect(list()).rejects.toMatchObject({ code: "tracker_status", retryable: true });
  });

  it("R-319 a next one that is missing is an error: the last is named", async () => {
    fill(desk(), 230);
    desk().github.failNext(/issues$/, (_, land) => {
      const { status, body, headers } = land();
      const link = (headers?.["link"] ?? "").replace(/<[^>]*>; rel="next", /, "");
      // Not even a full page, so that nothing but the header tells.
      return { status, body: (body as unknown[]).slice(0, 60), headers: { link } };
    });
    await expect(list()).rejects.toMatchObject({ code: "tracker_pagination" });
  });

  it("R-319 a next one that is missing is an error: the page is full and no end", async () => {
    fill(desk(), 130);
    relink(() => null);
    await expect(list()).rejects.toMatchObject({ code: "tracker_pagination" });
  });

  it("R-319 a full page that is the last is none", async () => {
    fill(desk(), 100);
    expect(await list()).toHaveLength(100);
  });

  it("R-319 one that names itself is an error", async () => {
    fill(desk(), 230);
    const { github } = desk();
    github.fault = ({ url }, land) =>
      url.searchParams.has("page")
        ? { ...land(), headers: { link: `<${url.href}>; rel="next"` } }
        : null;
    await expect(list()).rejects.toMatchObject({ code: "tracker_pagination" });
    expect(github.requests.length).toBeLessThan(5);
  });

  it.each([
    [
      "of another server",
      '<https://elsewhere.example/repos/tide/tables/issues?page=2>; rel="next"',
    ],
    ["that is no URL", '<issues?page=2>; rel="next"'],
    ["that nobody can read", "next please"],
  ])("R-319 a next one %s is not asked for", async (_, header) => {
    fill(desk(), 130);
    relink(() => header);
    await expect(list()).rejects.toMatchObject({ code: "tracker_pagination" });
    expect(desk().github.requests).toHaveLength(1);
  });
});
