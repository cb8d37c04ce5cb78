import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { WorkspaceFingerprint } from "@signalbox/contracts";
import { isMissing } from "./safe-path.ts";

/** What is known of a workspace beside its folder. It says where it is, also after `workspace.root` has changed. */
export interface WorkspaceRecord {
  readonly identifier: string;
  readonly path: string;
  readonly branch: string | null;
  /** Whether `branch` was made with this workspace, so that undoing one undoes the other. */
  readonly branchIsNew: boolean;
  readonly baseBranch: string | null;
  readonly baseCommit: string | null;
  readonly stage: WorkspaceStage;
  /** What stands in it, where that is known without looking. */
  readonly fingerprint?: WorkspaceFingerprint;
}

/** `unfinished` until `after_create` has succeeded; `handed-over`: complete, and made for another process to use. */
export type WorkspaceStage = "unfinished" | "handed-over" | "ready";

const stages: ReadonlySet<unknown> = new Set<WorkspaceStage>([
  "unfinished",
  "handed-over",
  "ready",
]);

/** One small file per workspace key in the state folder. */
export class WorkspaceRecords {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, "workspace-records");
  }

  /** `null` where there is none, or none that can be read: the folder itself then tells what it is. */
  async read(key: string): Promise<WorkspaceRecord | null> {
    try {
      return parseRecord(await readFile(this.#file(key), "utf8"));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(key: string, record: WorkspaceRecord): Promise<void> {
    const file = this.#file(key);
    const unfinished = `${file}.${randomUUID()}.tmp`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, `${JSON.stringify({ version: 1, ...record })}\n`);
    await rename(unfinished, file);
  }

  async remove(key: string): Promise<void> {
    await rm(this.#file(key), { force: true });
  }

  #file(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

function parseRecord(text: string): WorkspaceRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const read = (name: string): unknown => Reflect.get(value, name);
  const textOf = (name: string): string | null => {
    const field = read(name);
    return typeof field === "string" ? field : null;
  };
  const identifier = textOf("identifier");
  const path = textOf("path");
  const stage = read("stage");
  if (identifier === null || path === null || !isStage(stage)) return null;
  const fingerprint = parseFingerprint(read("fingerprint"));
  return {
    identifier,
    path,
    branch: textOf("branch"),
    branchIsNew: read("branchIsNew") === true,
    baseBranch: textOf("baseBranch"),
    baseCommit: textOf("baseCommit"),
    stage,
    ...(fingerprint === null ? {} : { fingerprint }),
  };
}

function isStage(value: unknown): value is WorkspaceStage {
  return stages.has(value);
}

function parseFingerprint(value: unknown): WorkspaceFingerprint | null {
  if (typeof value !== "object" || value === null) return null;
  const { digest, head, commitsAhead, dirty }: Partial<Record<string, unknown>> = { ...value };
  const isWhole =
    typeof digest === "string" &&
    (typeof head === "string" || head === null) &&
    typeof commitsAhead === "number" &&
    typeof dirty === "boolean";
  return isWhole ? { digest, head, commitsAhead, dirty } : null;
}
