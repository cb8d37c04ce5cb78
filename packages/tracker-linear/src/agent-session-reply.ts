import * as v from "valibot";

interface Node {
  readonly id: string;
}

const identified: v.GenericSchema<unknown, Node> = v.object({ id: v.string() });

export const successSchema: v.GenericSchema<unknown, { readonly success: true }> = v.object({
  success: v.literal(true),
});

export interface SessionsOfIssueReply {
  readonly issue: {
    readonly agentSessions: {
      readonly nodes: readonly (Node & { readonly appUser: Node; readonly createdAt: string })[];
    };
  };
}

export const sessionsOfIssueSchema: v.GenericSchema<unknown, SessionsOfIssueReply> = v.object({
  issue: v.object({
    agentSessions: v.object({
      nodes: v.array(v.object({ id: v.string(), appUser: identified, createdAt: v.string() })),
    }),
  }),
});

export interface SessionsReply {
  readonly agentSessions: {
    readonly nodes: readonly (Node & {
      readonly status: string;
      readonly appUser: Node;
      readonly issue: Node | null;
    })[];
  };
}

export const sessionsSchema: v.GenericSchema<unknown, SessionsReply> = v.object({
  agentSessions: v.object({
    nodes: v.array(
      v.object({
        id: v.string(),
        status: v.string(),
        appUser: identified,
        issue: v.optional(v.nullable(identified), null),
      }),
    ),
  }),
});

export interface PromptsReply {
  readonly agentActivities: {
    readonly nodes: readonly (Node & {
      readonly createdAt: string;
      readonly signal: string | null;
      readonly agentSession: Node;
    })[];
  };
}

export const promptsSchema: v.GenericSchema<unknown, PromptsReply> = v.object({
  agentActivities: v.object({
    nodes: v.array(
      v.object({
        id: v.string(),
        createdAt: v.pipe(v.string(), v.isoTimestamp()),
        signal: v.optional(v.nullable(v.string()), null),
        agentSession: identified,
      }),
    ),
  }),
});
