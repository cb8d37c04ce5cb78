import {
  client,
  type ClientApp,
  type ClientCapabilities,
  methods,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
} from "@agentclientprotocol/sdk";
import type { Permissions, ResolvedOptions } from "./acp-options.ts";
import type { Terminals } from "./terminals.ts";
import { refused, type WorkspaceFiles } from "./workspace-files.ts";

export interface ClientAppOrder {
  readonly permissions: Permissions;
  readonly files: WorkspaceFiles;
  readonly terminals: Terminals;
  readonly onPermission: (request: RequestPermissionRequest) => Promise<RequestPermissionResponse>;
  /** A person is asked, who is not there. */
  readonly onQuestion: (question: string) => void;
}

/** What we offer to do for the agent. */
export function clientCapabilities({ permissions, preset }: ResolvedOptions): ClientCapabilities {
  const mayChange = permissions !== "read-only";
  const hasFiles = preset?.canUseOurFiles ?? true;
  return {
    fs: { readTextFile: hasFiles, writeTextFile: hasFiles && mayChange },
    terminal: mayChange,
    elicitation: { form: {} },
  };
}

/** Answers what the agent asks of us. What is not here is answered with "method not found". */
export function clientApp(order: ClientAppOrder): ClientApp {
  const { permissions, files, terminals } = order;
  const checkChange = (): void => {
    if (permissions === "read-only") throw refused("This run may only read.");
  };
  return client({ name: "signalbox" })
    .onRequest(methods.client.session.requestPermission, ({ params }) => order.onPermission(params))
    .onRequest(methods.client.fs.readTextFile, async ({ params }) => ({
      content: await files.read(params.path, params.line ?? null, params.limit ?? null),
    }))
    .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
      checkChange();
      await files.write(params.path, params.content);
      return {};
    })
    .onRequest(methods.client.terminal.create, async ({ params }) => {
      checkChange();
      return { terminalId: await terminals.create(params) };
    })
    .onRequest(methods.client.terminal.output, ({ params }) => terminals.output(params.terminalId))
    .onRequest(methods.client.terminal.waitForExit, ({ params }) =>
      terminals.waitForExit(params.terminalId),
    )
    .onRequest(methods.client.terminal.kill, async ({ params }) => {
      await terminals.kill(params.terminalId);
      return {};
    })
    .onRequest(methods.client.terminal.release, async ({ params }) => {
      await terminals.release(params.terminalId);
      return {};
    })
    .onRequest(methods.client.elicitation.create, ({ params }) => {
      order.onQuestion(params.message);
      return { action: "cancel" };
    });
}
