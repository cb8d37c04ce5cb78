import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { readInput } from "./read-input.ts";
import { type PreparedCall, type Tool, ToolFailure } from "./tool.ts";
import type { Located, WorkspaceFiles } from "./workspace-files.ts";

const maxEntries = 500;
const depth = 2;

const path = v.pipe(v.string(), v.minLength(1));
const line = v.pipe(v.number(), v.safeInteger());
const input = v.variant("command", [
  v.object({
    command: v.literal("view"),
    path,
    view_range: v.optional(v.nullable(v.tuple([line, line]))),
  }),
  v.object({ command: v.literal("create"), path, file_text: v.string() }),
  v.object({
    command: v.literal("str_replace"),
    path,
    old_str: v.string(),
    new_str: v.optional(v.string(), ""),
  }),
  v.object({
    command: v.literal("insert"),
    path,
    insert_line: line,
    insert_text: v.string(),
  }),
]);
type Input = v.InferOutput<typeof input>;

/** The vendor's text editor: looks at files and folders, makes and changes files. */
export class EditTool implements Tool {
  readonly name = "str_replace_based_edit_tool";
  readonly definition: Tool["definition"];
  readonly #files: WorkspaceFiles;
  readonly #maxCharacters: number;

  constructor(files: WorkspaceFiles, maxCharacters: number) {
    this.#files = files;
    this.#maxCharacters = maxCharacters;
    this.definition = {
      type: "text_editor_20250728",
      name: this.name,
      max_characters: maxCharacters,
    };
  }

  prepare(given: unknown): PreparedCall {
    const read = readInput(input, given);
    return {
      action: read.command === "view" ? { kind: "look" } : { kind: "edit", path: read.path },
      run: async () => this.#run(read),
    };
  }

  async #run(read: Input): Promise<string> {
    const place = await this.#files.locate(read.path);
    switch (read.command) {
      case "view":
        return this.#view(place, read.view_range ?? null);
      case "create":
        await this.#files.write(place, read.file_text);
        return `${place.relative} is written.`;
      case "str_replace":
        return this.#replace(place, read.old_str, read.new_str);
      case "insert":
        return this.#insert(place, read.insert_line, read.insert_text);
    }
  }

  async #view(place: Located, range: readonly [number, number] | null): Promise<string> {
    const folder = await this.#list(place);
    if (folder !== null) return folder;
    const lines = (await this.#files.read(place)).split("\n");
    const [first, given] = range ?? [1, -1];
    const last = given === -1 ? lines.length : Math.min(given, lines.length);
    if (first < 1 || first > lines.length || last < first) {
      throw new ToolFailure(`${place.relative} has the lines 1 to ${lines.length}.`);
    }
    const text = lines
      .slice(first - 1, last)
      .map((content, index) => `${first + index}\t${content}`)
      .join("\n");
    if (text.length <= this.#maxCharacters) return text;
    return `${text.slice(0, this.#maxCharacters)}\n[${text.length - this.#maxCharacters} characters left out: ask for a view_range]`;
  }

  /** `null` where it is no folder. */
  async #list({ absolute, relative }: Located): Promise<string | null> {
    let found: string[];
    try {
      found = await this.#entries(absolute, relative === "." ? "" : relative, depth);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return null;
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
    const shown = found.slice(0, maxEntries);
    const rest = found.length > shown.length ? "\n[more left out]" : "";
    return `${shown.join("\n")}${rest}` || "[nothing]";
  }

  async #entries(absolute: string, inside: string, levels: number): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await readdir(absolute, { withFileTypes: true })) {
      if (found.length > maxEntries) break;
      const name = join(inside, entry.name);
      if (!this.#files.allows(name) || entry.name === "node_modules") continue;
      found.push(entry.isDirectory() ? `${name}/` : name);
      if (entry.isDirectory() && levels > 1) {
        found.push(...(await this.#entries(join(absolute, entry.name), name, levels - 1)));
      }
    }
    return found;
  }

  async #replace(place: Located, old: string, fresh: string): Promise<string> {
    if (old === "") throw new ToolFailure("old_str is empty: use insert or create.");
    const text = await this.#files.read(place);
    const pieces = text.split(old);
    if (pieces.length === 1) throw new ToolFailure(`old_str is not in ${place.relative}.`);
    if (pieces.length > 2) {
      throw new ToolFailure(
        `old_str is in ${place.relative} ${pieces.length - 1} times: give more of what stands around it.`,
      );
    }
    await this.#files.write(place, pieces.join(fresh));
    return `${place.relative} is changed.`;
  }

  async #insert(place: Located, after: number, fresh: string): Promise<string> {
    const lines = (await this.#files.read(place)).split("\n");
    if (after < 0 || after > lines.length) {
      throw new ToolFailure(
        `${place.relative} has ${lines.length} lines: insert_line is 0 to that.`,
      );
    }
    const added = fresh.endsWith("\n") ? fresh.slice(0, -1) : fresh;
    await this.#files.write(place, lines.toSpliced(after, 0, added).join("\n"));
    return `${place.relative} is changed.`;
  }
}
