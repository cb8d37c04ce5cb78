import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import type { Containment, ContainmentMount } from "@signalbox/contracts";
import { wholePackages } from "./named-files.ts";

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
  const tools = toolsOf(order);
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
    ...outerFirst([...tools.mounts, ...containment.mounts]).flatMap(({ path, source, access }) => [
      access === "write" ? "--bind" : "--ro-bind",
      source,
      path,
    ]),
    ...[...tools.links].flatMap(([link, target]) => ["--symlink", target, link]),
    "--remount-ro",
    "/",
    "--chdir",
    cwd,
    "--",
  ];
}

interface Tools {
  readonly mounts: readonly ContainmentMount[];
  /** Link to what it leads to. */
  readonly links: ReadonlyMap<string, string>;
}

/** Outer ones first: a mount covers what an earlier one has at its path. */
function outerFirst(mounts: readonly ContainmentMount[]): readonly ContainmentMount[] {
  return mounts.toSorted((a, b) => depth(a.path) - depth(b.path));
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
 * What holds tools outside of the system's own folders: the folders of the PATH with the packages that npm keeps beside
 * them, and the programs, without what else stands beside those.
 */
function toolsOf({ containment, path, programs }: BwrapOrder): Tools {
  const covered = [...systemFolders, ...furtherFolders, "/proc", "/dev"];
  for (const mount of containment.mounts) if (mount.path !== "/tmp") covered.push(mount.path);
  const found: string[] = [];
  const show = (wanted: string): void => {
    const shown = wholePackages(wanted);
    if (shown === sep || !existsSync(shown) || covered.some((one) => isWithin(shown, one))) return;
    covered.push(shown);
    found.push(shown);
  };
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of folders) show(folder);
  for (const folder of folders) show(join(dirname(folder), "lib", "node_modules"));
  const links = new Map<string, string>();
  for (const program of programs) {
    const target = real(program);
    show(target);
    if (target !== program && !covered.some((one) => isWithin(program, one))) {
      links.set(program, target);
    }
  }
  const mounts = found.map((place): ContainmentMount => {
    return { path: place, source: place, access: "read" };
  });
  return { mounts, links };
}

function isWithin(path: string, folder: string): boolean {
  return `${path}${sep}`.startsWith(`${folder}${sep}`);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Whoever starts it says what is wrong with it.
    return path;
  }
}
