import { originUrl, placeOf, trackerError } from "@signalbox/http-tracker";
import { readRemote } from "./project-name.ts";
import type { ProjectName } from "./project-name.ts";

/** The project that a repository comes from: its own URL, or that of its remote `origin`. `root` is the instance's. */
export async function originOf(
  repository: string,
  root: string,
  signal: AbortSignal,
): Promise<ProjectName> {
  const url = readRemote(repository) === null ? await originUrl(repository, signal) : repository;
  const found = url === null ? null : readRemote(url);
  const place = placeOf(root);
  const { host, hostname, pathname } = new URL(root);
  // ssh has another port, and gitlab.com another host for it on port 443.
  const isThere =
    found !== null &&
    [host, hostname, `altssh.${hostname}`, `ssh.${hostname}`].includes(found.host);
  if (isThere) {
    const below = pathname === "/" ? "" : `${pathname.slice(1)}/`;
    const { name } = found.project;
    return { name: name.startsWith(below) ? name.slice(below.length) : name };
  }
  throw trackerError("tracker_config", `no project is named, and origin is not one on ${place}`, {
    remedy: "Write `project: group/project` under `tracker.provider`.",
  });
}
