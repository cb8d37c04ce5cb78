import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { loadSqlite } from "./load-sqlite.ts";
import { makePrivate } from "./make-private.ts";
import { isBusy } from "./sqlite-error.ts";

/** How long a process that merely looks who owns the journal can keep a daemon from taking it. */
const patienceMs = 250;

/**
 * The right to append, held as an exclusive lock that the kernel keeps for this process and drops at its death,
 * however it dies: no pid has to be compared, no stale lock can be left, and it also holds between two containers
 * that share the folder but not their pids. The lock stands on a file of its own, so that readers of the journal
 * are not shut out. Nothing may delete that file while a daemon runs; if something does, the epoch still fences.
 */
export class OwnerLock {
  readonly #connection: DatabaseSync;

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /** `null`: somebody else holds it. */
  static take(path: string): OwnerLock | null {
    const { DatabaseSync } = loadSqlite();
    makePrivate(path);
    const connection = new DatabaseSync(path, { timeout: patienceMs });
    try {
      connection.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      return new OwnerLock(connection);
    } catch (error) {
      connection.close();
      if (isBusy(error)) return null;
      throw error;
    }
  }

  /** Whether anybody holds it now. Creates nothing. */
  static isHeld(path: string): boolean {
    if (!existsSync(path)) return false;
    const { DatabaseSync } = loadSqlite();
    const connection = new DatabaseSync(path, { readOnly: true });
    try {
      connection.exec("SELECT 1 FROM sqlite_schema");
      return false;
    } catch (error) {
      if (isBusy(error)) return true;
      throw error;
    } finally {
      connection.close();
    }
  }

  release(): void {
    this.#connection.close();
  }
}
