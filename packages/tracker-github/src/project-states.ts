import { isSameState, noStatus, trackerError } from "@signalbox/http-tracker";
import type { IssueRecord } from "./issue-record.ts";
import type { Project, ProjectField } from "./project.ts";
import type { StateSource } from "./state-source.ts";

/** States as the options of a single-select field of a project: `Status`. */
export class ProjectStates implements StateSource {
  readonly isBesideIssues: boolean = true;
  readonly unnamed: string = noStatus;
  readonly remedy: string;
  readonly #project: Project;
  readonly #fieldName: string;

  constructor(project: Project, fieldName: string) {
    this.#project = project;
    this.#fieldName = fieldName;
    this.remedy = `Add the option to the project's field ${fieldName}, or correct \`tracker.states\`.`;
  }

  async refresh(signal: AbortSignal): Promise<void> {
    await this.#project.refresh(signal);
  }

  stateOf(record: IssueRecord): { name: string; problem: null } | null {
    const name = this.#project.valueOf(record.number, this.#fieldName);
    return name === null ? null : { name, problem: null };
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#field(signal)).options.map(({ name }) => name);
  }

  async set(record: IssueRecord, name: string, signal: AbortSignal): Promise<void> {
    const field = await this.#field(signal);
    const option = field.options.find((candidate) => isSameState(candidate.name, name));
    if (option === undefined) return;
    await this.#project.write(record.number, field, option.id, signal);
  }

  async clear(): Promise<void> {
    // A field has one value.
  }

  isOwnLabel(): boolean {
    return false;
  }

  async #field(signal: AbortSignal): Promise<ProjectField> {
    const fields = await this.#project.fields(signal);
    const field = fields.find(({ name }) => isSameState(name, this.#fieldName));
    if (field !== undefined) return field;
    const names = fields.map(({ name }) => name).join(", ") || "none";
    throw trackerError(
      "tracker_config",
      `the project has no single-select field ${this.#fieldName}`,
      {
        remedy: `Write one of its fields as \`tracker.provider.project.field\`: ${names}.`,
      },
    );
  }
}
