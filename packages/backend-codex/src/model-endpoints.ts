import * as v from "valibot";
import type { CodexOptions } from "./codex-options.ts";

const provider = v.object({ base_url: v.pipe(v.string(), v.url()) });

/** OpenAI's: with a key, with a plan, and where the login is renewed. */
const openai = ["https://api.openai.com", "https://chatgpt.com", "https://auth.openai.com"];

/** URLs of the model's service: of the provider that is described, else OpenAI's. */
export function modelEndpoints({ modelProvider, config }: CodexOptions): readonly string[] {
  const name = modelProvider ?? config?.["model_provider"];
  const described = v.safeParse(v.record(v.string(), v.unknown()), config?.["model_providers"]);
  if (typeof name !== "string" || !described.success) return openai;
  const found = v.safeParse(provider, described.output[name]);
  return found.success ? [found.output.base_url] : openai;
}
