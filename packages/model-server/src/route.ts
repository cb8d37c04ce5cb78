import type { IncomingHttpHeaders } from "node:http";
import { anthropic } from "./vendors/anthropic.ts";
import { gemini } from "./vendors/gemini.ts";
import { openai } from "./vendors/openai.ts";
import type { Vendor } from "./vendors/vendor.ts";

export type VendorName = "anthropic" | "openai" | "gemini";
export type Endpoint = "generate" | "count-tokens" | "models";

export interface Route {
  /** As it stands in the path, still encoded. */
  readonly scenario: string;
  readonly vendor: VendorName;
  readonly endpoint: Endpoint;
}

export const vendors: Readonly<Record<VendorName, Vendor>> = { anthropic, openai, gemini };

const endpoints: readonly (readonly [RegExp, VendorName, Endpoint])[] = [
  [/\/messages$/, "anthropic", "generate"],
  [/\/messages\/count_tokens$/, "anthropic", "count-tokens"],
  [/\/responses$/, "openai", "generate"],
  [/\/responses\/input_tokens$/, "openai", "count-tokens"],
  [/\/models\/[^/]+:(?:generateContent|streamGenerateContent)$/, "gemini", "generate"],
  [/\/models\/[^/]+:countTokens$/, "gemini", "count-tokens"],
];

/** Which service a request is for: `/s/<scenario>/<path of the service>`. */
export function findRoute(
  method: string,
  { pathname }: URL,
  headers: IncomingHttpHeaders,
): Route | undefined {
  const [, scenario, path = ""] = /^\/s\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
  if (scenario === undefined) return undefined;
  if (method === "GET" && path.endsWith("/models")) {
    return { scenario, vendor: vendorOfModels(path, headers), endpoint: "models" };
  }
  const found = endpoints.find(([pattern]) => method === "POST" && pattern.test(path));
  return found && { scenario, vendor: found[1], endpoint: found[2] };
}

function vendorOfModels(path: string, headers: IncomingHttpHeaders): VendorName {
  if (path.startsWith("/v1beta/")) return "gemini";
  return headers["anthropic-version"] === undefined ? "openai" : "anthropic";
}
