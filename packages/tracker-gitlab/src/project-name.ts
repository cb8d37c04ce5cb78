/** A project as the API is asked for it. */
export interface ProjectName {
  /** `group/subgroup/project`, or the number that GitLab gave it. */
  readonly name: string;
}

const segment = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;
const dots = /^\.+$/;
const url = /^(https?|ssh|git):\/\/(?:[^@/\s]*@)?([\w.-]+)(:\d+)?\/(\S+)$/i;
const copyAddress = /^[^@/\s]+@([\w.-]+):(\S+)$/;

/** `group/project`, a number, or the URL of a project. `null` where it is none of these. */
export function readProjectName(text: string): ProjectName | null {
  const trimmed = text.trim();
  if (/^[1-9]\d{0,14}$/.test(trimmed)) return { name: trimmed };
  return readRemote(trimmed)?.project ?? readPath(trimmed);
}

/** Host and project of a remote's URL, in any of git's spellings. `null` where it is none, or a path of this machine. */
export function readRemote(
  text: string,
): { readonly host: string; readonly project: ProjectName } | null {
  const trimmed = text.trim();
  const [, scheme = "", name, port = "", below] = url.exec(trimmed) ?? [];
  const [, copyName, copyBelow] = copyAddress.exec(trimmed) ?? [];
  const host = name ?? copyName;
  const project = readPath(below ?? copyBelow ?? "");
  if (host === undefined || project === null) return null;
  // The port of ssh is not the one that people see.
  return { host: `${host}${/^http/i.test(scheme) ? port : ""}`.toLowerCase(), project };
}

/** Below the root of the API. */
export function pathOf({ name }: ProjectName): string {
  return `/projects/${encodeURIComponent(name)}`;
}

function readPath(text: string): ProjectName | null {
  const name = text
    .replace(/^\/+|\/+$/g, "")
    .replace(/\.git$/, "")
    .replace(/\/-\/.*$/, "");
  const segments = name.split("/");
  const isPath = segments.every((part) => segment.test(part) && !dots.test(part));
  return isPath && segments.length > 1 ? { name } : null;
}
