/** A node or a mark of the Atlassian Document Format, as it is written. */
export interface AdfNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, string | number>>;
  readonly content?: readonly AdfNode[];
  readonly text?: string;
  readonly marks?: readonly AdfMark[];
}

export interface AdfMark {
  readonly type: "strong" | "em" | "strike" | "code" | "link";
  readonly attrs?: Readonly<Record<string, string>>;
}

/** A whole text: what fields of Cloud hold. */
export interface AdfDocument extends AdfNode {
  readonly version: 1;
  readonly type: "doc";
  readonly content: readonly AdfNode[];
}
