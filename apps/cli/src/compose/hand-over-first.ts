import type { RunHost, WorkspaceProvider } from "@signalbox/contracts";
import type { WorkspaceManager } from "@signalbox/workspaces";

/** Workspaces that are made ahead of time here, and used by other processes. */
export type HandingOver = WorkspaceProvider & Pick<WorkspaceManager, "handOver">;

/** The host, told of a run once what was made ahead for it is handed over; a stop meanwhile waits until it knows the run. */
export function handOverFirst(host: RunHost, workspaces: Pick<HandingOver, "handOver">): RunHost {
  const { signal } = new AbortController();
  const starting = new Map<string, Promise<void>>();
  return {
    start: async (order, observer) => {
      const { id: issueId, identifier } = order.issue;
      const start = async (): Promise<void> => {
        await workspaces.handOver({ issueId, identifier }, signal);
        await host.start(order, observer);
      };
      const started = start();
      starting.set(order.runId, started);
      try {
        await started;
      } finally {
        starting.delete(order.runId);
      }
    },
    stop: async (runId, reason) => {
      await Promise.allSettled([starting.get(runId)]);
      await host.stop(runId, reason);
    },
    recover: (recovery, observer) => host.recover(recovery, observer),
    close: (runs) => host.close(runs),
  };
}
