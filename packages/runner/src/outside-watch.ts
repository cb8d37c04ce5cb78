import { lstatSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** What runs by itself in the user's sessions. */
const startUpFiles = [
  ".bashrc",
  ".bash_profile",
  ".bash_login",
  ".profile",
  ".zshrc",
  ".zshenv",
  ".zprofile",
  ".config/fish/config.fish",
  ".gitconfig",
  ".config/git/config",
  ".ssh/authorized_keys",
  ".ssh/config",
  ".ssh/rc",
];
const gitFiles = ["config", "hooks"];

export interface OutsidePlaces {
  readonly userHome: string;
  readonly stateDir: string;
  /** The user's repository; watched where it is a folder of this machine. */
  readonly repository: string;
}

/**
 * Notices changes to what runs by itself, for an agent that no sandbox keeps from them. Whoever else changes them at the
 * same time looks the same; a change that restores size and times is not seen.
 */
export class OutsideWatch {
  readonly #before: ReadonlyMap<string, string>;

  constructor({ userHome, stateDir, repository }: OutsidePlaces) {
    const gitFolders = [
      join(stateDir, "mirror.git"),
      ...(isAbsolute(repository) ? [join(repository, ".git")] : []),
    ];
    const paths = [
      ...startUpFiles.map((name) => join(userHome, name)),
      ...gitFolders.flatMap((folder) => gitFiles.map((name) => join(folder, name))),
    ];
    this.#before = new Map(paths.map((path) => [path, stateOf(path)]));
  }

  /** Absolute paths of what was changed, made or removed since. */
  changes(): readonly string[] {
    return [...this.#before].flatMap(([path, before]) => (stateOf(path) === before ? [] : [path]));
  }
}

function stateOf(path: string): string {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found === undefined ? "" : `${found.ino} ${found.size} ${found.ctimeMs}`;
  } catch {
    // Not for this user.
    return "";
  }
}
