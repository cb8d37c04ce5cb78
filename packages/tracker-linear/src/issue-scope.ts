import type { TrackerDescription } from "@signalbox/contracts";
import * as v from "valibot";
import { placesDocument, scopeDocument } from "./documents.ts";
import type { LinearClient } from "./linear-client.ts";
import { trackerError } from "./linear-error.ts";
import type { LinearOptions } from "./linear-options.ts";
import { stateKindOf } from "./state-kind.ts";
import type { IssueNode } from "./issue-node.ts";

/** Whoever the token belongs to. */
export interface Viewer {
  readonly id: string;
  /** An app actor; `false`: a person, who may well write comments by hand. */
  readonly isApp: boolean;
}

interface KnownScope {
  readonly viewer: Viewer;
  readonly description: TrackerDescription;
}

/** Which issues are worked on: a team's or a project's, all of them or one person's. */
export class IssueScope {
  readonly #options: LinearOptions;
  readonly #client: LinearClient;
  #known: KnownScope | null = null;

  constructor(options: LinearOptions, client: LinearClient) {
    this.#options = options;
    this.#client = client;
  }

  /** An `IssueFilter`. */
  filter(): Readonly<Record<string, unknown>> {
    const { teamKey, projectSlug, assignee } = this.#options;
    return {
      ...(teamKey === undefined ? {} : { team: { key: { eqIgnoreCase: teamKey } } }),
      ...(projectSlug === undefined ? {} : { project: { slugId: { in: slugsOf(projectSlug) } } }),
      ...(assignee === undefined ? {} : { assignee: personFilter(assignee) }),
    };
  }

  /** The same, for an issue that was read without the filter. Archived and trashed issues are out of every scope. */
  has({ team, project, assignee, archivedAt, trashed }: IssueNode, viewer: Viewer): boolean {
    const { teamKey, projectSlug, assignee: wanted } = this.#options;
    if (archivedAt !== null || trashed === true) return false;
    if (teamKey !== undefined && team?.key.toLowerCase() !== teamKey.toLowerCase()) return false;
    if (projectSlug !== undefined && !slugsOf(projectSlug).includes(project?.slugId ?? ""))
      return false;
    if (wanted === undefined) return true;
    if (wanted === "me") return assignee?.id === viewer.id;
    return [assignee?.id, assignee?.email].includes(wanted);
  }

  /** Asked once: a scope that is not there would look like one without work. */
  async viewer(signal: AbortSignal): Promise<Viewer> {
    const { viewer } = this.#known ?? (await this.#read(signal));
    return viewer;
  }

  /**
   * Rejects where the team or the project is not there any more, has another key, or is hidden from the token: Linear
   * answers all of it with no issues, which is no end of them.
   */
  async confirm(signal: AbortSignal): Promise<void> {
    await this.#read(signal);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    const { description } = await this.#read(signal);
    return description;
  }

  async #read(signal: AbortSignal): Promise<KnownScope> {
    const { teamKey, projectSlug } = this.#options;
    const { data } = await this.#client.request(
      {
        action: "reading the team or project",
        document: scopeDocument,
        variables: {
          teamKey: teamKey ?? "",
          slugs: projectSlug === undefined ? [] : slugsOf(projectSlug),
          byTeam: teamKey !== undefined,
          byProject: projectSlug !== undefined,
        },
        schema: scopeSchema,
      },
      signal,
    );
    const team = data.teams?.nodes[0];
    const project = data.projects?.nodes[0];
    if (teamKey !== undefined && team === undefined)
      throw await this.#missing("team", teamKey, signal);
    if (projectSlug !== undefined && project === undefined) {
      throw await this.#missing("project", projectSlug, signal);
    }
    const { urlKey } = data.organization;
    const ids = [team && `team:${team.id}`, project && `project:${project.id}`];
    const found = team === undefined ? (project?.teams.nodes ?? []) : [team];
    this.#known = {
      viewer: { id: data.viewer.id, isApp: data.viewer.app },
      description: {
        scope: `linear:${ids.filter((id) => id !== undefined).join(":")}`,
        url: project?.url ?? `https://linear.app/${urlKey}/team/${team?.key ?? ""}`,
        states: statesOf(found.flatMap(({ states }) => states.nodes)),
      },
    };
    return this.#known;
  }

  async #missing(kind: "team" | "project", name: string, signal: AbortSignal): Promise<Error> {
    const { data } = await this.#client.request(
      {
        action: "listing teams and projects",
        document: placesDocument,
        variables: {},
        schema: placesSchema,
      },
      signal,
    );
    const there =
      kind === "team"
        ? data.teams.nodes.map(({ key }) => key)
        : data.projects.nodes.map((project) => `${project.slugId} (${project.name})`);
    const list = there.length === 0 ? "none at all" : there.join(", ");
    return trackerError(
      "tracker_config",
      `Linear has no ${kind} ${name} that the token may see; it sees ${list}`,
      {
        remedy: `Set tracker.provider.${kind === "team" ? "team_key" : "project_slug"} to one of them, or give the token access.`,
      },
    );
  }
}

/** A project's URL ends in its name and its slug; files have the one or the other. */
function slugsOf(slug: string): readonly string[] {
  return [...new Set([slug, slug.slice(slug.lastIndexOf("-") + 1)])];
}

function personFilter(person: string): Readonly<Record<string, unknown>> {
  if (person === "me") return { isMe: { eq: true } };
  return person.includes("@") ? { email: { eq: person } } : { id: { eq: person } };
}

type State = v.InferOutput<typeof stateSchema>;

/** In the order of the team's workflow; teams of one project share names. */
function statesOf(states: readonly State[]): TrackerDescription["states"] {
  const byName = new Map<string, State>();
  for (const state of states.toSorted((one, other) => one.position - other.position)) {
    const folded = state.name.trim().toLowerCase();
    if (!byName.has(folded)) byName.set(folded, state);
  }
  return [...byName.values()].map(({ name, type }) => ({ name, kind: stateKindOf(type) }));
}

const stateSchema = v.object({ name: v.string(), type: v.string(), position: v.number() });
const stateList = v.object({ nodes: v.array(stateSchema) });

const scopeSchema = v.object({
  viewer: v.object({ id: v.string(), app: v.boolean() }),
  organization: v.object({ id: v.string(), urlKey: v.string() }),
  teams: v.optional(
    v.object({ nodes: v.array(v.object({ id: v.string(), key: v.string(), states: stateList })) }),
  ),
  projects: v.optional(
    v.object({
      nodes: v.array(
        v.object({
          id: v.string(),
          url: v.string(),
          teams: v.object({ nodes: v.array(v.object({ id: v.string(), states: stateList })) }),
        }),
      ),
    }),
  ),
});

const placesSchema = v.object({
  teams: v.object({ nodes: v.array(v.object({ key: v.string() })) }),
  projects: v.object({ nodes: v.array(v.object({ name: v.string(), slugId: v.string() })) }),
});
