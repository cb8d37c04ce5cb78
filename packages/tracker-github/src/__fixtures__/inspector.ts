import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { description } from "./openapi.ts";

/** Holds requests and replies against GitHub's own description. Compiling its schemas takes most of a second. */
export class Inspector {
  /** What was not as GitHub describes it. */
  readonly violations: string[] = [];
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    formats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "github", schemas: description.schemas });
    for (const [key, { body, replies }] of Object.entries(description.operations)) {
      if (body !== undefined) this.#prepare(`the body of ${key}`, body);
      for (const [status, schema] of Object.entries(replies)) {
        if (schema !== null) this.#prepare(`the reply ${status} of ${key}`, schema);
      }
    }
  }

  request(key: string, query: URLSearchParams, body: unknown): void {
    const known = description.operations[key]?.query ?? {};
    for (const name of query.keys()) {
      if (!(name in known)) this.violations.push(`${key} has no query parameter ${name}`);
    }
    if (body !== null) this.#hold(`the body of ${key}`, body);
  }

  reply(key: string, status: number, body: unknown): void {
    if (status < 300) this.#hold(`the reply ${status} of ${key}`, body);
  }

  #prepare(what: string, schema: object): void {
    const text = JSON.stringify(schema).replaceAll('"#/schemas/', '"github#/schemas/');
    this.#validators.set(what, this.#ajv.compile(JSON.parse(text) as object));
  }

  #hold(what: string, value: unknown): void {
    const validate = this.#validators.get(what);
    if (validate === undefined) this.violations.push(`${what} is not described`);
    else if (!validate(value)) {
      this.violations.push(`${what}: ${this.#ajv.errorsText(validate.errors).slice(0, 500)}`);
    }
  }
}
