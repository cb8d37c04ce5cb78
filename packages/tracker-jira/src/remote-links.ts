import { createHash } from "node:crypto";
import type { LinkOrder } from "@signalbox/contracts";
import { clip } from "@signalbox/http-tracker";
import type { JiraClient } from "./jira-client.ts";
import type { JiraSite } from "./site.ts";

/** Jira refuses longer ones. */
const longestTitle = 255;

/** Puts a link beside an issue. Jira knows it by its global id, so that it is there once however often it is written. */
export async function attachRemoteLink(
  client: JiraClient,
  { api }: JiraSite,
  issueId: string,
  { url, title }: LinkOrder,
  signal: AbortSignal,
): Promise<void> {
  const { href } = new URL(url);
  const globalId = `signalbox=${createHash("sha256").update(href).digest("hex")}`;
  const named = title.replaceAll(/\s+/g, " ").trim();
  const object = { url: href, title: clip(named === "" ? href : named, longestTitle) };
  await client.write("POST", `${api}/issue/${issueId}/remotelink`, { globalId, object }, signal);
}
