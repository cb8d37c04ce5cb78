import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import type { Containment, ContainmentMount } from "@signalbox/contracts";

/** What programs are made of on the usual systems; everything else of the machine is not there. */
const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt"];
/** What some systems need in addition: their programs, and what links in `/etc` lead to. */
const furtherFolders = [
  "/nix/store",
  "/gnu/store",
  "/snap",
  "/run/current-system",
  "/run/systemd/resolve",
  "/run/resolvconf",
  "/run/NetworkManager/resolv.conf",
  "/var/lib/ca-certificates",
  "/sys/devices/system/cpu",
];
/** What a root daemon's agents are inside: many of them refuse to work as root. */
const innerUser = "1000";

export interface BwrapOrder {
  /** Absolute path of bubblewrap itself. */
  readonly bwrap: string;
  readonly containment: Containment;
  /** Absolute paths of the programs that are started inside. */
  readonly programs: readonly string[];
  /** The PATH inside: its folders can be read, wherever they are. */
  readonly path: string;
  readonly cwd: string;
}

/** Everything up to the program: `bwrap … --`. */
export function bwrapCommand(order: BwrapOrder): readonly [string, ...string[]] {
  const { bwrap, containment, cwd } = order;
  const isRoot = process.getuid?.() === 0;
  return [
    bwrap,
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    ...(containment.network === "on" ? [] : ["--unshare-net"]),
    ...(isRoot ? ["--uid", innerUser, "--gid", innerUser] : []),
    "--cap-drop",
    "ALL",
    "--die-with-parent",
    "--new-session",
    ...systemFolders.flatMap(systemFolder),
    ...furtherFolders.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--tmpfs",
    "/tmp",
    ...mountsOf(order).flatMap(({ path, source, access }) => [
      access === "write" ? "--bind" : "--ro-bind",
      source,
      path,
    ]),
    "--remount-ro",
    "/",
    "--chdir",
    cwd,
    "--",
  ];
}

/** Outer ones first: a mount covers what an earlier one has at its path. */
function mountsOf(order: BwrapOrder): readonly ContainmentMount[] {
  const tools = toolFolders(order).map((path): ContainmentMount => ({
    path,
    source: path,
    access: "read",
  }));
  return [...tools, ...order.containment.mounts].toSorted((a, b) => depth(a.path) - depth(b.path));
}

function depth(path: string): number {
  return path.split(sep).length;
}

/** On merged systems these are links, and stay so. */
function systemFolder(path: string): readonly string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink()
    ? ["--symlink", readlinkSync(path), path]
    : ["--ro-bind", path, path];
}

/**
 * Folders that hold tools outside of the system's own: those of the PATH, with the packages that npm keeps beside them,
 * and where the programs really are.
 */
function toolFolders({ path, programs }: BwrapOrder): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const packages = folders.map((folder) => join(dirname(folder), "lib", "node_modules"));
  const homes = programs.flatMap((program) => [dirname(program), dirname(real(program))]);
  return [...new Set([...folders, ...packages, ...homes].map(wholePackages))].filter(isOutside);
}

/** A package leads to others beside it. */
function wholePackages(folder: string): string {
  const mark = `${sep}node_modules`;
  const [before] = `${folder}${sep}`.split(`${mark}${sep}`);
  return before === undefined || `${folder}${sep}` === before ? folder : `${before}${mark}`;
}

function isOutside(folder: string): boolean {
  if (folder === sep || !existsSync(folder)) return false;
  return ![...systemFolders, ...furtherFolders, "/proc", "/dev"].some((system) =>
    `${folder}${sep}`.startsWith(`${system}${sep}`),
  );
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Whoever starts it says what is wrong with it.
    return path;
  }
}
