import type { CommentFacts } from "@signalbox/core";

const headings: Readonly<Record<CommentFacts["status"], string>> = {
  running: "An agent is working on this issue.",
  retrying: "Waiting for the next attempt.",
  delivering: "The work is done and is being delivered.",
  delivered: "Delivered.",
  parked: "This issue needs a person.",
  stopped: "Work on this issue has stopped.",
};

/** Markdown of the one living comment per issue and topic. */
export function commentText(facts: CommentFacts): string {
  const lines = [`**Signalbox:** ${headings[facts.status]}`];
  if (facts.detail !== null) lines.push("", quote(facts.detail));
  const rows = [`Runs: ${facts.runs}`];
  if (facts.branch !== null) rows.push(`Branch: \`${facts.branch}\``);
  if (facts.commit !== null) rows.push(`Commit: \`${facts.commit}\``);
  if (facts.tokens !== null) rows.push(`Tokens: ${facts.tokens}`);
  if (facts.costUsd !== null) rows.push(`Cost: $${facts.costUsd.toFixed(2)}`);
  lines.push("", ...rows.map((row) => `- ${row}`));
  return lines.join("\n");
}

/** Markdown: one step of an agent's life. */
export function activityText({ status, detail }: CommentFacts): string {
  return detail === null ? headings[status] : `${headings[status]}\n\n${quote(detail)}`;
}

/** The detail may hold an agent's words: as a quote it cannot pose as ours. */
function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}
