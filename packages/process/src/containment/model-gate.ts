import type { ModelGate } from "@signalbox/contracts";

/** The words before a program that reaches nothing but the gate: `node … --`, or none. */
export function modelGateCommand(gate: ModelGate | null): readonly string[] {
  if (gate === null) return [];
  return [process.execPath, "--eval", `(${guard.toString()})()`, JSON.stringify(gate)];
}

/**
 * Runs inside, as a text of its own: takes connections on the inner loopback, hands them to the gate's socket, and runs
 * the program that the rest of the arguments name until that ends.
 */
function guard(): void {
  const { createServer, connect } = process.getBuiltinModule("node:net");
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { constants } = process.getBuiltinModule("node:os");
  const [description = "", program = "", ...parameters] = process.argv.slice(1);
  const gate: ModelGate = JSON.parse(description);
  const ports = new Set([gate.proxyPort, ...gate.loopbackPorts]);
  // The program gets its own, and this process is needed until it has ended.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);

  const listen = (port: number): Promise<void> => {
    const server = createServer({ allowHalfOpen: true }, (inner) => {
      const outer = connect({ path: gate.socket, allowHalfOpen: true });
      inner.on("error", () => outer.destroy());
      outer.on("error", () => inner.destroy());
      inner.on("close", () => outer.destroy());
      outer.on("close", () => inner.destroy());
      if (port === gate.proxyPort) {
        inner.pipe(outer);
        outer.pipe(inner);
        return;
      }
      outer.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`);
      // The answer is one small packet: nothing of the endpoint can come before the request.
      outer.once("data", (answer: Buffer) => {
        if (!answer.toString("latin1").startsWith("HTTP/1.1 200")) return void inner.destroy();
        inner.pipe(outer);
        outer.pipe(inner);
      });
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  };
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  };
  const live = async (): Promise<void> => {
    await Promise.all([...ports].map(listen));
    const child = spawn(program, parameters, { stdio: "inherit" });
    child.on("error", () => end(127, null));
    child.on("exit", end);
  };
  live().catch((error: unknown) => {
    process.stderr.write(`The gate to the model cannot listen: ${String(error)}\n`);
    end(126, null);
  });
}
