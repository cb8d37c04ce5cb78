import type { PromptSource } from "@signalbox/contracts";
import { Liquid } from "liquidjs";
import type { Template, Variable } from "liquidjs";
import { defaultPrompt } from "./default-prompt.ts";
import { describeLiquidError, unknownVariable } from "./describe-liquid-error.ts";
import { findForeignSyntax } from "./dialect.ts";
import { fence } from "./fence.ts";
import { promptVariableNames } from "./prompt-variables.ts";
import type { PromptVariables } from "./prompt-variables.ts";
import { TemplateError } from "./template-error.ts";

/** Longer prompts help no agent: they are a loop or a dump by mistake. In characters. */
const longestPrompt = 1_000_000;

/** Tags that read other files. A prompt is one text. */
const fileTags = ["include", "render", "layout", "block"];

/**
 * A Liquid template, parsed once. Variables and filters are strict, other files are out of reach, and time (1 s),
 * memory and length are bounded.
 */
export class PromptRenderer {
  readonly #liquid: Liquid;
  readonly #source: PromptSource;
  readonly #templates: Template[];
  readonly #globals: readonly Variable[];

  /** Throws `template_parse_error` or `template_dialect`, with file, line and column of the workflow file. */
  constructor(source: PromptSource) {
    this.#source =
      source.template.trim() === ""
        ? { template: defaultPrompt, path: "the default prompt", line: 1 }
        : source;
    this.#liquid = createLiquid();
    const { template } = this.#source;
    refuseForeignSyntax(this.#source);
    try {
      this.#templates = this.#liquid.parse(template);
      const { globals } = this.#liquid.analyzeSync(this.#templates, { partials: false });
      this.#globals = Object.values(globals).flat();
    } catch (error) {
      throw this.#error(error, "template_parse_error");
    }
  }

  /**
   * Throws the `template_render_error` that `render` would reject with for a variable that does not exist, wherever
   * it stands: also in a branch that is not taken this time.
   */
  check(): void {
    for (const variable of this.#globals) {
      const name = unknownNameOf(variable);
      if (name === null) continue;
      const { row, col: column } = variable.location;
      throw unknownVariable(name, this.#source, { row, column });
    }
  }

  /**
   * The prompt of one run. Feedback is added at the end where the template does not use it, since an agent that is
   * not told of a conflict repeats it. Rejects with `template_render_error`.
   */
  async render(variables: PromptVariables): Promise<string> {
    this.check();
    let prompt: string;
    try {
      prompt = String(await this.#liquid.render(this.#templates, variables));
    } catch (error) {
      throw this.#error(error, "template_render_error");
    }
    const { feedback } = variables;
    if (feedback !== null && !this.#globals.some(({ segments }) => segments[0] === "feedback")) {
      prompt += `\n\nWhat came back from the last run:\n\n${fence(feedback)}`;
    }
    if (prompt.length > longestPrompt) {
      throw new TemplateError("template_render_error", this.#source, null, {
        finding: `the prompt has ${prompt.length} characters; ${longestPrompt} are allowed`,
        remedy: "Shorten the issue's description, or cut it with the filter truncate.",
      });
    }
    return prompt;
  }

  #error(error: unknown, code: "template_parse_error" | "template_render_error"): TemplateError {
    return describeLiquidError(error, code, this.#source, Object.keys(this.#liquid.filters));
  }
}

function createLiquid(): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
    // Else it asks for the machine's, which takes 20 ms and 7 MB of each process that renders a prompt.
    locale: "en-US",
    parseLimit: longestPrompt,
    // Milliseconds of the clock: a process that is stopped for a while is no template without an end.
    renderLimit: 10_000,
    memoryLimit: 10_000_000,
  });
  for (const tag of fileTags) delete liquid.tags[tag];
  liquid.registerFilter("fence", (value: unknown) =>
    fence(typeof value === "string" ? value : value === null ? "" : JSON.stringify(value, null, 2)),
  );
  return liquid;
}

function refuseForeignSyntax(source: PromptSource): void {
  const foreign = findForeignSyntax(source.template);
  if (foreign === null) return;
  const before = source.template.slice(0, foreign.offset).split("\n");
  const place = { row: before.length, column: (before.at(-1) ?? "").length + 1 };
  throw new TemplateError("template_dialect", source, place, {
    finding: `${foreign.sample} is the syntax of ${foreign.dialect}; prompts are Liquid templates`,
    remedy:
      "Write for example {{ issue.title }} or {% if attempt %}…{% endif %}; text that is meant as it stands goes between {% raw %} and {% endraw %}.",
  });
}

/** `null` where the variable exists. What is below a known one, such as `issue.native_ref.url`, is left to the render. */
function unknownNameOf({ segments }: Variable): string | null {
  const end = segments.findIndex((segment) => typeof segment !== "string");
  const path = segments.slice(0, end === -1 ? segments.length : end);
  const dotted = path.join(".");
  const isKnown = promptVariableNames.some(
    (name) => `${dotted}.`.startsWith(`${name}.`) || name.startsWith(`${dotted}.`),
  );
  return isKnown ? null : dotted;
}
