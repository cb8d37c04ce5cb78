import type { AcpOptions } from "../index.ts";
import { scripted } from "./scripted.ts";
import { never, type OrderOverrides, startSession, type TestSession } from "./start-session.ts";

/** What the agent's requests are answered with, one after the other. */
export interface Calls extends TestSession {
  readonly answers: readonly unknown[];
}

/** Lets the scripted agent ask for each `[method, parameters]`; `TERMINAL` in them is the id of the last terminal. */
export async function callAll(
  calls: readonly (readonly [method: string, parameters: object])[],
  order: OrderOverrides & { readonly cwd: string },
  options: AcpOptions = {},
): Promise<Calls> {
  const test = await startSession({ program: scripted("calls", order.cwd), ...options }, order);
  const outcome = await test.session.runTurn(JSON.stringify(calls), never);
  await test.session.close();
  if (outcome.kind !== "succeeded") throw new Error(JSON.stringify(outcome));
  const said = test.events.flatMap((event) => (event.type === "message" ? [event.text] : []));
  const lines = said.join("").trimEnd().split("\n");
  return { ...test, answers: lines.map((line): unknown => JSON.parse(line)) };
}
