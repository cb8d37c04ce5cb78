import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import type { FakeReply, FakeRequest } from "./__fixtures__/fake-gitlab.ts";

const desk = useDesk();

function fill(count: number): void {
  for (let iid = 1; iid <= count; iid += 1) desk().gitlab.project.add({ iid });
}

/** Every list of issues with its headers changed. */
function rewrite(change: (request: FakeRequest, reply: FakeReply) => Record<string, string>): void {
  desk().gitlab.failNext(
    /^GET .*issues$/,
    (request, land) => {
      const reply = land();
      return { ...reply, headers: change(request, reply) };
    },
    100,
  );
}

async function read(): Promise<readonly string[]> {
  const issues = await desk()
    .tracker({ allowAuthors: "all" })
    .fetchIssuesByStates(["todo"], soon());
  return issues.map(({ id }) => id);
}

const paginated = { code: "tracker_pagination" };

describe("pages", () => {
  it("R-304 are followed by cursors where the server has them, at no other address", async () => {
    fill(230);
    const { gitlab } = desk();
    gitlab.failNext(
      /^GET .*issues$/,
      (request) => {
        const at = Number(request.url.searchParams.get("cursor") ?? "0");
        request.url.searchParams.delete("cursor");
        const all = [...gitlab.project.issues.values()].slice(at, at + 100);
        const next = `<https://elsewhere.example/x?cursor=${at + 100}>; rel="next"`;
        const body = all.map(({ iid, title, state, labels }) => ({ iid, title, state, labels }));
        return { status: 200, body, headers: at + 100 < 230 ? { link: next } : {} };
      },
      100,
    );
    expect(await read()).toHaveLength(230);
    expect(gitlab.takeRequests()).toHaveLength(3);
  });

  it("R-304 that are exactly full cost no more", async () => {
    fill(200);
    expect(await read()).toHaveLength(200);
    expect(desk().gitlab.takeRequests()).toHaveLength(2);
  });

  it("R-319 a full page that tells of no other is looked behind", async () => {
    fill(101);
    rewrite(() => ({}));
    await expect(read()).rejects.toMatchObject(paginated);
    desk().gitlab.project.issues.delete(101);
    expect(await read()).toHaveLength(100);
  });

  it.each([
    [
      "it is one of several and names no next",
      { "x-page": "1", "x-total-pages": "2", "x-next-page": "" },
    ],
    ["the next is the same", { "x-page": "1", "x-next-page": "1" }],
    ["the next has no number", { link: '<https://x.example/issues>; rel="next"' }],
    ["the links are no links", { link: "next: 2" }],
    ["the cursor comes again", { link: '<https://x.example/issues?page_token=a>; rel="next"' }],
  ])("R-319 %s: it is no end", async (_, headers) => {
    fill(101);
    rewrite(({ url }) => {
      // The fake knows no cursors.
      url.searchParams.delete("page_token");
      return headers;
    });
    if ("link" in headers && headers.link.includes("page_token")) {
      desk().gitlab.failNext(/issues$/, () => ({ status: 200, body: [], headers }), 100);
    }
    await expect(read()).rejects.toMatchObject(paginated);
  });

  it.each([99, 100, 101, 250])(
    "R-322 %i links of an issue come whole: they have no pages",
    async (count) => {
      fill(count + 1);
      const { gitlab, tracker } = desk();
      gitlab.project.isPremium = true;
      const blockedBy = Array.from({ length: count }, (_, index) => index + 2);
      gitlab.project.change(1, { blockedBy });
      const [issue] = await tracker().fetchIssuesByIds(["1"], soon());
      expect(issue?.blockedBy.map(({ id }) => Number(id))).toEqual(blockedBy);
    },
  );

  it("R-313 that are no list fail the call", async () => {
    desk().gitlab.failNext(/issues$/, () => ({ status: 200, body: { message: "hello" } }));
    await expect(read()).rejects.toMatchObject({ code: "tracker_payload" });
  });
});
