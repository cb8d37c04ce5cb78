import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { agentEnvironment, type ManagedProcess, type ProcessOrder, startProcess } from "../index.ts";

/** A program under test, started, with what it prints. */
export interface StartedFixture {
  readonly process: ManagedProcess;
  /** Resolves with the first whole line of its output. */
  readonly firstLine: Promise<string>;
  readonly output: () => string;
}

export function fixtureCommand(name: string, ...parameters: string[]): [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL(name, import.meta.url)), ...parameters];
}

export function fixtureOrder(command: [string, ...string[]]): ProcessOrder {
  return {
    command,
    cwd: tmpdir(),
    environment: agentEnvironment({ from: process.env }),
    runMarker: null,
    graceMs: 200,
  };
}

export async function startFixture(
  command: [string, ...string[]],
  overrides: Partial<ProcessOrder> = {},
): Promise<StartedFixture> {
  let text = "";
  const line = Promise.withResolvers<string>();
  const started = await startProcess({
    ...fixtureOrder(command),
    onStdout: (chunk) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end !== -1) line.resolve(text.slice(0, end));
    },
    ...overrides,
  });
  return { process: started, firstLine: line.promise, output: () => text };
}
