import { expect, it } from "vitest";
import { playIssue } from "./__fixtures__/agent-of-memory.ts";

it("an agent with nothing but a shell reads its issue, comments and links through the daemon", async () => {
  const script = `
      signalbox-tool call issue_read > issue.json
      signalbox-tool call comment '{"body":"Found it: **line 7**."}'
      signalbox-tool call attach_link '{"url":"https://example.invalid/1","title":"The build"}'
      signalbox-tool call propose_transition '{"to":"done"}'
      cat issue.json`;
  const settings = `agent: { backend: command, tools: { transitions: [done] } }
backends:
  command:
    program:
      - sh
      - -c
      - |${script.replaceAll("\n", "\n    ")}
`;
  await playIssue(settings, async ({ tracker, logged }) => {
    const [issue] = await tracker.fetchIssuesByIds(["a"], new AbortController().signal);
    expect(issue?.state).toBe("done");
    const bodies = tracker.comments("a").map(({ body }) => body);
    expect(bodies).toContain("**An agent of Signalbox writes:**\n\nFound it: **line 7**.");
    expect(tracker.links("a")).toEqual([{ url: "https://example.invalid/1", title: "The build" }]);
    const calls = logged.filter(({ message }) => message === "The agent called a tool.");
    expect(calls.map(({ fields }) => [fields["tool"], fields["result"]])).toEqual([
      ["issue_read", "ok"],
      ["comment", "ok"],
      ["attach_link", "ok"],
      ["propose_transition", "ok"],
    ]);
  });
});

it("R-433 an agent that asks a person is parked, and the question stands in the tracker", async () => {
  const program = `signalbox-tool call ask_human '{"question":"Which of them?"}'`;
  const settings = `agent: { backend: command }\nbackends: { command: { program: ${JSON.stringify(["sh", "-c", program])} } }\n`;
  await playIssue(settings, ({ claim, tracker }) => {
    expect(claim).toBe("parked");
    expect(tracker.comments("a").some(({ body }) => body.includes("> Which of them?"))).toBe(true);
  });
});
