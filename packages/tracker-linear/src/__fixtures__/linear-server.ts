// Loaded here, where no test's time limit runs; the adapter loads it at its first request.
import "@linear/sdk";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { GraphQLError, defaultFieldResolver, execute, parse, validate } from "graphql";
import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import { LinearRecords } from "./linear-records.ts";
import type { Paging } from "./linear-records.ts";
import { Forbidden, linearRoots } from "./linear-roots.ts";
import { InvalidInput, LinearStore } from "./linear-store.ts";
import type { StoredUser } from "./linear-store.ts";
import { highestComplexity, queryComplexity } from "./query-complexity.ts";
import { readSdkSchema } from "./sdk-schema.ts";

/** What goes wrong with one request. */
export type LinearFault =
  /** Answered by something in between. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The connection ends without an answer; with `lands`, what was asked for is done all the same. */
  | { readonly kind: "cut"; readonly lands: boolean }
  /** Never answered; with `lands`, done. */
  | { readonly kind: "hang"; readonly lands: boolean }
  /** An answer of this body, headers as ever. */
  | { readonly kind: "body"; readonly body: string }
  | { readonly kind: "ratelimited"; readonly headers?: Record<string, string> };

/** Read while the test file loads, where no test's time limit runs. */
const schemaOfSdk: GraphQLSchema = await readSdkSchema();

/**
 * Linear's API on loopback: every request is validated against the schema of the pinned SDK and executed over a store
 * in memory. What it does not play throws; it never answers with nothing instead.
 */
export class LinearServer implements AsyncDisposable {
  readonly store = new LinearStore();
  /** Who may come in: users by API key, or by `Bearer` token. */
  readonly tokens = new Map<string, StoredUser>();
  /** What was asked, in order: the name of the operation and its variables. */
  readonly requests: { readonly operation: string; readonly variables: unknown; readonly complexity: number }[] = [];
  /** Faults of the requests to come, one each; `null` is none. */
  readonly faults: (LinearFault | null)[] = [];
  /** Headers of every answer. */
  headers: Record<string, string> = {};
  paging: Paging = "right";
  /** Changes an answer on its way, for records that no schema allows. */
  tamper: ((data: unknown) => unknown) | null = null;
  readonly #schema: GraphQLSchema;
  readonly #server: Server;

  private constructor(schema: GraphQLSchema) {
    this.#schema = schema;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  }

  static async start(): Promise<LinearServer> {
    const server = new LinearServer(schemaOfSdk);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server does not listen");
    return `http://127.0.0.1:${address.port}/graphql`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked: unknown = JSON.parse(await textOf(request));
    const { query, variables } = readRequest(asked);
    const fault = this.faults.shift() ?? null;
    const date = new Date(Date.parse(this.store.now())).toUTCString();
    const headers = { "content-type": "application/json; charset=utf-8", date, ...this.headers };
    if (fault?.kind === "status") {
      response.writeHead(fault.status, { ...headers, "content-type": "text/html", ...fault.headers });
      response.end(fault.body ?? "<html>not available</html>");
      return;
    }
    if (fault?.kind === "ratelimited") {
      response.writeHead(400, { ...headers, ...fault.headers });
      response.end(JSON.stringify({ errors: [errorOf("Rate limit exceeded", "ratelimited", "RATELIMITED")] }));
      return;
    }
    if ((fault?.kind === "cut" || fault?.kind === "hang") && !fault.lands) {
      if (fault.kind === "cut") response.destroy();
      return;
    }
    const { status, body, complexity } = await this.#execute(request, query, variables);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "cut") {
      response.destroy();
      return;
    }
    response.writeHead(status, { ...headers, "x-complexity": String(Math.round(complexity)) });
    response.end(fault?.kind === "body" ? fault.body : JSON.stringify(body));
  }

  async #execute(
    request: IncomingMessage,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly complexity: number }> {
    const document = parse(query);
    const complexity = queryComplexity(this.#schema, document, variables);
    const [first] = document.definitions;
    const operation = first !== undefined && "name" in first ? (first.name?.value ?? "") : "";
    this.requests.push({ operation, variables, complexity });
    const viewer = this.tokens.get(request.headers.authorization ?? "");
    const refused = (status: number, error: unknown) => ({ status, body: { errors: [error] }, complexity });
    if (viewer === undefined) {
      return refused(401, errorOf("Authentication required, not authenticated", "authentication error", "AUTHENTICATION_ERROR"));
    }
    const [wrong] = validate(this.#schema, document);
    if (wrong !== undefined) return refused(400, errorOf(wrong.message, "graphql error", "GRAPHQL_VALIDATION_FAILED"));
    if (complexity > highestComplexity) return refused(400, errorOf("Query too complex", "invalid input", "INPUT_ERROR"));
    const records = new LinearRecords(this.store, viewer.id, this.paging);
    const { data, errors } = await execute({
      schema: this.#schema,
      document,
      variableValues: variables,
      rootValue: linearRoots(this.store, records, viewer),
      fieldResolver: resolveKnown,
    });
    const plain: unknown = JSON.parse(JSON.stringify(data ?? null));
    const body = this.tamper === null ? plain : this.tamper(plain);
    if (errors === undefined) return { status: 200, body: { data: body }, complexity };
    return { status: 200, body: { data: body, errors: errors.map(describe) }, complexity };
  }
}

/** A field that the store does not have is a gap of this server, and no `null`. */
const resolveKnown: GraphQLFieldResolver<unknown, unknown> = (source, given, context, info) => {
  if (typeof source === "object" && source !== null && info.fieldName in source) {
    return defaultFieldResolver(source, given, context, info);
  }
  throw new Error(`not implemented: ${info.parentType.name}.${info.fieldName}`);
};

function describe(error: GraphQLError): unknown {
  const { originalError, message } = error;
  if (originalError instanceof InvalidInput) return errorOf(message, "invalid input", "INPUT_ERROR");
  if (originalError instanceof Forbidden) return errorOf(message, "forbidden", "FORBIDDEN");
  return errorOf(message, "internal error", "INTERNAL_SERVER_ERROR");
}

function errorOf(message: string, type: string, code: string): unknown {
  return { message, extensions: { type, code, userPresentableMessage: message, userError: true } };
}

function readRequest(asked: unknown): { query: string; variables: Record<string, unknown> } {
  if (typeof asked !== "object" || asked === null || !("query" in asked)) throw new Error("no query");
  const variables = "variables" in asked && typeof asked.variables === "object" ? asked.variables : {};
  return { query: String(asked.query), variables: { ...variables } };
}
