import { parseDocument } from "yaml";
import type { FileProblem } from "./source-problem.ts";
import { milestoneOf, noMilestone } from "./milestone.ts";
import type { FileContent } from "./roadmap-file.ts";
import { scanRoadmap } from "./scan.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { PlacedFeature } from "./feature.ts";

/** One file of a sharded roadmap. */
export interface Shard {
  readonly content: FileContent;
  /** As messages call it. */
  readonly file: string;
  /** What names it among the shards: `slug` of its front matter, else its file name. */
  readonly slug: string;
  readonly milestone: string | null;
  /** Its place within the milestone; without one, it comes last. */
  readonly order: number;
  readonly features: readonly PlacedFeature[];
  readonly problems: readonly FileProblem[];
}

/** The file that says the order of milestones, and the project's own data. */
export interface ShardIndex {
  readonly content: FileContent;
  readonly created: string | null;
  readonly milestones: readonly string[];
  readonly problems: readonly FileProblem[];
}

/** @param baseName the file's name without `.md`. */
export function readShard(content: FileContent, file: string, baseName: string): Shard {
  const { data, problems } = readKeys(content.text, file);
  const written = textOrNull(data["milestone"]);
  const milestone = written === null ? noMilestone : milestoneOf(written);
  const scan = scanRoadmap(content.text, file, null, milestone);
  const slug = textOrNull(data["slug"]) ?? baseName;
  const { order } = data;
  const isOrdered = typeof order === "number" && Number.isFinite(order);
  const found = [...problems, ...scan.problems.map((problem) => ({ ...problem, file }))];
  if (order !== undefined && !isOrdered) {
    const message = `\`order: ${JSON.stringify(order)}\` is not a number, so the shard comes last`;
    found.push({ file, line: 1, message, remedy: "Write a number, for example `order: 10`." });
  }
  if (scan.features.length === 0 && Object.keys(data).length > 0) {
    const remedy = "Write its heading `### Title`, with the fields below.";
    found.push({ file, line: 1, message: "this shard has no feature", remedy });
  }
  return {
    content,
    file,
    slug,
    milestone: milestone.name,
    order: isOrdered ? order : Number.POSITIVE_INFINITY,
    features: scan.features.map((place) => ({ ...place, alias: slug })),
    problems: found,
  };
}

export function readShardIndex(content: FileContent, file: string): ShardIndex {
  const { data, problems } = readKeys(content.text, file);
  const { milestones } = data;
  const names = Array.isArray(milestones) ? milestones.map(textOrNull) : [];
  const found = [...problems];
  if (milestones !== undefined && milestones !== null && !Array.isArray(milestones)) {
    const message = "`milestones` is not a list, so milestones come in the order of their files";
    found.push({ file, line: 1, message, remedy: "Write one `- name` a line below it." });
  }
  return {
    content,
    created: textOrNull(data["created"]),
    milestones: names.filter((name) => name !== null),
    problems: found,
  };
}

interface Keys {
  readonly data: Readonly<Record<string, unknown>>;
  readonly problems: readonly FileProblem[];
}

/** The front matter's keys; empty where there is none, or none that can be read. */
function readKeys(text: string, file: string): Keys {
  const front = readFrontMatter(text);
  const lines = text
    .slice(0, front.end)
    .split("\n")
    .slice(1, front.rows - 1);
  const document = parseDocument(lines.join("\n"), { schema: "core", logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = (error.linePos?.[0].line ?? 1) + 1;
    const message = `the front matter cannot be read: ${error.message.split("\n", 1)[0]}`;
    const remedy = "Correct the YAML between the `---` lines.";
    return { data: {}, problems: [{ file, line, message, remedy }] };
  }
  const data: unknown = document.toJS({ maxAliasCount: 100 });
  return { data: isRecord(data) ? data : {}, problems: [] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOrNull(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
