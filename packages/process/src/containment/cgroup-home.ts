import { readFileSync } from "node:fs";

/** Why there is no containment, in words for whoever runs this. */
export interface Refusal {
  readonly because: string;
}

/** The folder of the cgroup (version 2) that this process is in. Layout: cgroups(7), proc_pid_mountinfo(5). */
export function cgroupHome(): string | Refusal {
  const mount = unifiedMount();
  const path = /^0::(\/.*)$/m.exec(readOr("/proc/self/cgroup", ""))?.[1];
  if (mount === null || path === undefined) return { because: "cgroup version 2 is not mounted" };
  const prefix = mount.root === "/" ? "" : mount.root;
  if (path.split("/").includes("..") || !`${path}/`.startsWith(`${prefix}/`)) {
    return { because: `the cgroup of this process, ${path}, is outside of what is mounted` };
  }
  return `${mount.folder}${path.slice(prefix.length)}`.replace(/\/$/, "");
}

/** Where all cgroups of version 2 hang that can be seen from here. */
export function unifiedMount(): { readonly root: string; readonly folder: string } | null {
  for (const line of readOr("/proc/self/mountinfo", "").split("\n")) {
    const [, , , root, folder] = line.split(" ");
    const [, kind = ""] = line.split(" - ");
    if (kind.startsWith("cgroup2 ") && root !== undefined && folder !== undefined) {
      return { root: unescaped(root), folder: unescaped(folder) };
    }
  }
  return null;
}

function unescaped(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}

export function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not on this system, or not any more.
    return fallback;
  }
}
