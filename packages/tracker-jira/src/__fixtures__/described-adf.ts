/**
 * What may stand in what, by the pages of Atlassian's documentation of its document format, and by the JSON schema that
 * they name: as much of both as concerns the nodes that the adapter writes.
 */
const inline = ["text", "hardBreak"];
const lists = ["bulletList", "orderedList"];
const contents: Readonly<Record<string, readonly string[]>> = {
  doc: ["paragraph", "heading", "codeBlock", "rule", "blockquote", "table", ...lists],
  paragraph: inline,
  heading: inline,
  codeBlock: ["text"],
  blockquote: ["paragraph", "codeBlock", ...lists],
  bulletList: ["listItem"],
  orderedList: ["listItem"],
  listItem: ["paragraph", "codeBlock", ...lists],
  table: ["tableRow"],
  tableRow: ["tableHeader", "tableCell"],
  tableHeader: ["paragraph"],
  tableCell: ["paragraph"],
};
const needsContent = new Set(["blockquote", "listItem", "table", "tableRow", "tableHeader", "tableCell", ...lists]);
const attributes: Readonly<Record<string, readonly string[]>> = {
  heading: ["level"],
  codeBlock: ["language"],
  orderedList: ["order"],
};
const marks = ["strong", "em", "strike", "code", "link"];

interface Seen {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly content?: unknown;
  readonly marks?: unknown;
  readonly attrs?: unknown;
  readonly version?: unknown;
}

/** What Jira would refuse the document for. */
export function adfProblems(document: unknown): readonly string[] {
  const { type, version, content } = (document ?? {}) as Seen;
  if (type !== "doc" || version !== 1 || !Array.isArray(content)) return ["it is no document"];
  return problemsOf(document as Seen, "doc");
}

function problemsOf(node: Seen, type: string): readonly string[] {
  const own = attributeProblems(node, type);
  if (type === "text") return [...own, ...textProblems(node)];
  if (type === "hardBreak" || type === "rule") return own;
  const content = Array.isArray(node.content) ? (node.content as Seen[]) : [];
  if (needsContent.has(type) && content.length === 0) return [...own, `${type} is empty`];
  if (type === "listItem" && !["paragraph", "codeBlock"].includes(String(content[0]?.type))) {
    return [...own, `listItem begins with ${String(content[0]?.type)}`];
  }
  return content.reduce<readonly string[]>((found, child) => {
    const name = String(child.type);
    const isAllowed = contents[type]?.includes(name) === true;
    const marked = type === "codeBlock" && child.marks !== undefined ? ["marked code"] : [];
    return [...found, ...marked, ...(isAllowed ? problemsOf(child, name) : [`${name} in ${type}`])];
  }, own);
}

function attributeProblems({ attrs }: Seen, type: string): readonly string[] {
  const told = Object.entries((attrs ?? {}) as Record<string, unknown>);
  const strange = told.filter(([name]) => attributes[type]?.includes(name) !== true);
  const { level, order } = Object.fromEntries(told);
  const isLevel = type !== "heading" || (Number(level) >= 1 && Number(level) <= 6);
  const isOrder = order === undefined || Number(order) >= 0;
  return [...strange.map(([name]) => `${type}.${name}`), ...(isLevel && isOrder ? [] : [`${type} of ${String(level ?? order)}`])];
}

function textProblems({ text, marks: told }: Seen): readonly string[] {
  if (typeof text !== "string" || text === "") return ["an empty text"];
  const names = ((told ?? []) as Seen[]).map(({ type }) => String(type));
  const strange = names.filter((name) => !marks.includes(name));
  const isCode = names.includes("code") && names.some((name) => !["code", "link"].includes(name));
  const isTwice = new Set(names).size < names.length;
  return [
    ...strange.map((name) => `the mark ${name}`),
    ...(isCode ? ["code with another mark"] : []),
    ...(isTwice ? ["a mark twice"] : []),
  ];
}
