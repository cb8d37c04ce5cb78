import { Orchestrator } from "../index.ts";

export async function workThrough(ports) {
  const orchestrator = new Orchestrator(ports.config.current(), ports);
  orchestrator.on("state_change", ({ decided }) =>
    decided.forEach((fact) => console.log(fact.type)),
  );
  orchestrator.on("problem", ({ message, remedy }) => console.error(message, remedy ?? ""));
  await orchestrator.start({ once: true });
  await orchestrator.finished();
  await orchestrator.stop();
}
