import type { HooksConfig, JsonObject, TrackerConfig, WorkflowConfig } from "@signalbox/contracts";
import * as v from "valibot";
import { choice, isJsonObject, map, text, wholeNumber } from "./fields.ts";
import { agentSection } from "./sections/agent-section.ts";
import type { AgentKeys } from "./sections/agent-section.ts";
import { deliverySection } from "./sections/delivery-section.ts";
import type { DeliveryKeys } from "./sections/delivery-section.ts";
import { budgetsSection, retentionSection, sandboxSection } from "./sections/limits-section.ts";
import { pricesSection } from "./sections/prices-section.ts";
import { trackerSection } from "./sections/tracker-section.ts";
import { hooksSection, workspaceSection } from "./sections/workspace-section.ts";
import type { WorkspaceKeys } from "./sections/workspace-section.ts";

/** The keys of a workflow file with their defaults: all that can be said without looking at paths or the environment. */
export interface WorkflowKeys extends Pick<
  WorkflowConfig,
  | "polling"
  | "sandbox"
  | "budgets"
  | "prices"
  | "runner"
  | "onTerminate"
  | "retention"
  | "memoryReserveMb"
  | "server"
> {
  readonly tracker: TrackerConfig;
  readonly workspace: WorkspaceKeys;
  readonly hooks: HooksConfig;
  readonly agent: AgentKeys;
  readonly backends: Readonly<Record<string, JsonObject>>;
  readonly delivery: DeliveryKeys;
  readonly journal: { readonly kind: string; readonly path: string | null };
  readonly prompt: string | null;
  readonly promptFile: string | null;
}

/** A list would pass as a record otherwise. */
const anyMap = v.custom<Record<string, unknown>>(
  isJsonObject,
  "a map of backends to their options",
);

export const workflowSchema: v.GenericSchema<unknown, WorkflowKeys> = v.pipe(
  v.object({
    tracker: v.optional(trackerSection, {}),
    polling: v.optional(
      v.pipe(
        v.object({ interval_ms: v.optional(wholeNumber(1), 30_000) }),
        v.transform((keys) => ({ intervalMs: keys.interval_ms })),
      ),
      {},
    ),
    workspace: v.optional(workspaceSection, {}),
    hooks: v.optional(hooksSection, {}),
    agent: v.optional(agentSection, {}),
    backends: v.optional(v.pipe(anyMap, v.record(v.string(), v.nullable(map(), {}))), {}),
    delivery: v.optional(deliverySection, {}),
    sandbox: v.optional(sandboxSection, {}),
    budgets: v.optional(budgetsSection, {}),
    prices: v.optional(pricesSection, {}),
    runner: v.optional(choice("process", "inline"), "process"),
    on_terminate: v.optional(choice("leave", "stop"), "leave"),
    journal: v.optional(
      v.object({
        kind: v.optional(text("the name of a journal"), "sqlite"),
        path: v.optional(v.nullable(text("the path of a file")), null),
      }),
      {},
    ),
    retention: v.optional(retentionSection, {}),
    memory_reserve_mb: v.optional(wholeNumber(0), 512),
    server: v.optional(
      v.object({ port: v.optional(v.nullable(wholeNumber(0, 65_535)), null) }),
      {},
    ),
    prompt: v.optional(v.string("text")),
    prompt_file: v.optional(text("the path of a file")),
  }),
  v.transform((keys) => ({
    tracker: keys.tracker,
    polling: keys.polling,
    workspace: keys.workspace,
    hooks: keys.hooks,
    agent: keys.agent,
    backends: keys.backends,
    delivery: keys.delivery,
    sandbox: keys.sandbox,
    budgets: keys.budgets,
    prices: keys.prices,
    runner: keys.runner,
    onTerminate: keys.on_terminate,
    journal: keys.journal,
    retention: keys.retention,
    memoryReserveMb: keys.memory_reserve_mb,
    server: keys.server,
    prompt: keys.prompt ?? null,
    promptFile: keys.prompt_file ?? null,
  })),
);
