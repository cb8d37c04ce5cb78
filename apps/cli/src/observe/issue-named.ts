import { SignalboxError } from "@signalbox/contracts";
import type { IssueSummary, OrchestratorState } from "@signalbox/core";
import { findIssue } from "@signalbox/views";

/** The one issue that a person means. Throws `issue_unknown` or `issue_ambiguous`, with those that may be meant. */
export function issueNamed(text: string, state: OrchestratorState): IssueSummary {
  const match = findIssue(state, text);
  switch (match.kind) {
    case "found":
      return match.issue;
    case "ambiguous":
      throw new SignalboxError(
        "issue_ambiguous",
        [`"${text}" may mean several issues:`, ...match.candidates.map(named)].join("\n"),
        { remedy: "Give the identifier or the id in full." },
      );
    case "unknown": {
      const unknown = `no issue "${text}" among the ${state.issues.size} that the tracker lists`;
      const similar =
        match.similar.length === 0 ? [] : ["Similar ones:", ...match.similar.map(named)];
      throw new SignalboxError("issue_unknown", [unknown, ...similar].join("\n"), {
        remedy: "`signalbox run --dry-run` prints them all.",
      });
    }
  }
}

function named({ identifier, title }: IssueSummary): string {
  return `${identifier}  ${title}`;
}
