import { isAbsolute, sep } from "node:path";

/**
 * The files that a command line names behind its program, as an interpreter's is: the script, not what stands beside it,
 * but where it is part of an npm package, with the packages beside that.
 */
export function namedFiles(command: readonly string[]): readonly string[] {
  return command
    .slice(1)
    .filter((word) => isAbsolute(word))
    .map((path) => wholePackages(path));
}

/** A package leads to others beside it. */
export function wholePackages(path: string): string {
  const mark = `${sep}node_modules`;
  const [before] = `${path}${sep}`.split(`${mark}${sep}`);
  return before === undefined || `${path}${sep}` === before ? path : `${before}${mark}`;
}
