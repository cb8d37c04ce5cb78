/** A tool that the request offers to the model. */
export interface OfferedTool {
  readonly name: string;
  /** `function` and its like, or the vendor's own type (`bash_20250124`). */
  readonly type: string;
  /** The group that the tool stands in (Codex), which a call has to name. */
  readonly namespace: string | null;
  /** The JSON types of its parameters, by name. Empty for vendor tools. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** All that one side said before the other one spoke. */
export interface Entry {
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly toolCalls: number;
  readonly toolResults: number;
}

/** What a request says, in the same words for every vendor. */
export interface Conversation {
  readonly model: string;
  readonly isStreaming: boolean;
  readonly entries: readonly Entry[];
  readonly tools: readonly OfferedTool[];
  /** Whether the client wants to see the model think. */
  readonly wantsThinking: boolean;
  /** The JSON schema that the answer has to follow, where there is one: the client asks something for itself. */
  readonly answerSchema: unknown;
  /** System prompt and user texts, for scripts that read what the prompt asks. */
  readonly text: string;
  /** An estimate: a quarter of the characters of the request. */
  readonly inputTokens: number;
}

/** Tool results so far. Scripts take their next step from this, so that a resumed session goes on. */
export function countResults({ entries }: Conversation): number {
  return entries.reduce((sum, entry) => sum + entry.toolResults, 0);
}

/** Turns that the model has ended so far, which is the 0-based number of the present one. */
export function countTurns({ entries }: Conversation): number {
  return entries.filter((entry) => entry.role === "assistant" && entry.toolCalls === 0).length;
}

/** Tool results since the present turn began. */
export function countResultsOfTurn({ entries }: Conversation): number {
  const start = entries.findLastIndex(
    (entry) => entry.role === "assistant" && entry.toolCalls === 0,
  );
  return entries.slice(start + 1).reduce((sum, entry) => sum + entry.toolResults, 0);
}

/** Joins neighbours of one role, as the vendors do. */
export function joinEntries(entries: Iterable<Entry>): readonly Entry[] {
  const joined: Entry[] = [];
  for (const entry of entries) {
    const last = joined.at(-1);
    if (last?.role !== entry.role) {
      joined.push(entry);
      continue;
    }
    joined[joined.length - 1] = {
      role: entry.role,
      text: [last.text, entry.text].filter((text) => text !== "").join("\n"),
      toolCalls: last.toolCalls + entry.toolCalls,
      toolResults: last.toolResults + entry.toolResults,
    };
  }
  return joined;
}
