import type { Delivery, DeliveryOrder, DeliveryResult } from "@signalbox/contracts";
import type { DaemonLife } from "./daemon-life.ts";
import type { World } from "./world.ts";

/** Where finished work goes. What was delivered under a key is found again under it. */
export class DeliveryWorld {
  readonly #delivered = new Map<string, DeliveryResult>();
  readonly #byIssue = new Map<string, string>();

  get commits(): ReadonlyMap<string, string> {
    return this.#byIssue;
  }

  /** As if nothing had been delivered under this key. */
  forget(key: string): void {
    this.#delivered.delete(key);
  }

  deliver(order: DeliveryOrder, world: World): DeliveryResult {
    const known = this.#delivered.get(order.key);
    if (known !== undefined) return known;
    const { issueId, identifier, branch } = order.workspace;
    const { commitsAhead, head } = world.workspaces.fingerprint(issueId);
    if (commitsAhead === 0) return { kind: "empty" };
    const commit = head ?? "nothing";
    const result: DeliveryResult = { kind: "delivered", commit, branch, notes: [] };
    this.#delivered.set(order.key, result);
    this.#byIssue.set(identifier, commit);
    world.auditor.onDelivered(issueId, order.key);
    return result;
  }
}

/** The `Delivery` port of one daemon. */
export function createSimulatedDelivery(life: DaemonLife, world: World): Delivery {
  const { deliveries, faults, auditor } = world;
  return {
    deliver: (order, signal) =>
      life.call(
        "deliver",
        order.key,
        [200, 10_000],
        ({ resolve, reject }) => {
          auditor.onEffectPerformed(order.key);
          if (!faults.strikes("delivery")) {
            resolve(deliveries.deliver(order, world));
            return;
          }
          switch (faults.pick(troubles)) {
            case "delivery conflict":
              return resolve({ kind: "conflict", files: ["a.ts"], detail: "both changed it" });
            case "delivery check failed":
              return resolve({ kind: "check-failed", output: "one test failed" });
            case "delivery waits":
              return resolve({ kind: "waiting", reason: "uncommitted", remedy: "Commit." });
            case "delivery failed":
              return resolve({ kind: "failed", message: "no space", retryable: true });
            case "delivery broke":
              return reject(new Error("git was killed"));
            case "delivery reply lost in a crash":
              deliveries.deliver(order, world);
              return reject(new Error("git was killed after the merge"));
          }
        },
        signal,
      ),
    findDelivered: (signal) =>
      life.call(
        "find delivered",
        "",
        [20, 500],
        ({ resolve }) => resolve(deliveries.commits),
        signal,
      ),
  };
}

const troubles = [
  "delivery conflict",
  "delivery check failed",
  "delivery waits",
  "delivery failed",
  "delivery broke",
  "delivery reply lost in a crash",
] as const;
