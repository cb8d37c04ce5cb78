import type { UnknownKey, WorkflowProblem } from "@signalbox/contracts";
import type { Position } from "./problem.ts";
import type { YamlDocument } from "./yaml-document.ts";

export type KeyPath = readonly (string | number)[];

/** Gathers what is wrong with one workflow file. Paths are spelled as in the file. */
export class Findings {
  readonly unknownKeys: UnknownKey[] = [];
  readonly #problems: WorkflowProblem[] = [];
  readonly #path: string;
  #yaml: YamlDocument | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** From here on, keys are looked up in this document. */
  locateIn(yaml: YamlDocument): void {
    this.#yaml = yaml;
  }

  get hasErrors(): boolean {
    return this.#problems.some((problem) => problem.severity === "error");
  }

  /** Whether secrets that are not set are all that is wrong: those of another shell may be. */
  get lacksSecretsAlone(): boolean {
    return this.#problems.every(
      ({ severity, code }) => severity !== "error" || code === "missing_secret",
    );
  }

  /** Top to bottom; what is about the file as a whole comes last. */
  inOrder(): readonly WorkflowProblem[] {
    const last = Number.MAX_SAFE_INTEGER;
    return this.#problems.toSorted(
      (one, other) =>
        (one.line ?? last) - (other.line ?? last) || (one.column ?? last) - (other.column ?? last),
    );
  }

  /** Whether an error about this key was found already. */
  hasErrorFor(key: KeyPath): boolean {
    const dotted = key.join(".");
    return this.#problems.some((problem) => problem.severity === "error" && problem.key === dotted);
  }

  /** About the file, or a place of it that no key stands for. */
  addForFile(
    severity: WorkflowProblem["severity"],
    code: string,
    text: { readonly message: string; readonly remedy: string },
    position: Position | null = null,
  ): void {
    this.#problems.push({
      severity,
      code,
      message: text.message,
      remedy: text.remedy,
      path: this.#path,
      line: position?.line ?? null,
      column: position?.column ?? null,
      key: null,
    });
  }

  /** `message` goes on after the name of the key: `must be …`. */
  addForKey(
    severity: WorkflowProblem["severity"],
    code: string,
    key: KeyPath,
    text: { readonly message: string; readonly remedy: string },
  ): void {
    const position = this.#yaml?.positionOf(key) ?? null;
    const dotted = key.join(".");
    this.#problems.push({
      severity,
      code,
      message: `${dotted} ${text.message}`,
      remedy: text.remedy,
      path: this.#path,
      line: position?.line ?? null,
      column: position?.column ?? null,
      key: dotted,
    });
  }

  addUnknownKey(key: KeyPath, remedy: string): void {
    this.addForKey("warning", "unknown_key", key, { message: "is not a known key.", remedy });
    const position = this.#yaml?.positionOf(key) ?? { line: 1, column: 1 };
    this.unknownKeys.push({ key: key.join("."), ...position });
  }
}
