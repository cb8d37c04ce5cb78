import process from "node:process";
import type * as NodeSqlite from "node:sqlite";

export type Sqlite = typeof NodeSqlite;

let loaded: Sqlite | null = null;

/**
 * Loads `node:sqlite`. Node 22 warns on the standard error, once, that the module is experimental: that line would
 * stand in the output of every command of every user, so exactly this warning is held back while it loads.
 */
export function loadSqlite(): Sqlite {
  loaded ??= withoutItsWarning(() => process.getBuiltinModule("node:sqlite"));
  return loaded;
}

function withoutItsWarning<Result>(work: () => Result): Result {
  const emitWarning = process.emitWarning.bind(process);
  const original = Object.getOwnPropertyDescriptor(process, "emitWarning");
  process.emitWarning = (...parts: readonly unknown[]): void => {
    if (parts[1] === "ExperimentalWarning" && String(parts[0]).includes("SQLite")) return;
    Reflect.apply(emitWarning, process, parts);
  };
  try {
    return work();
  } finally {
    if (original !== undefined) Object.defineProperty(process, "emitWarning", original);
  }
}
