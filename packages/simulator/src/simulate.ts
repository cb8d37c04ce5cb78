import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-options.ts";
import { reportOf, type SimulationReport } from "./simulation-report.ts";

/**
 * Lives through a simulated world and reports. The daemons in it are real orchestrators with the real core; what they
 * touch is simulated. A violation ends it early. No real time passes but for computing, and nothing outside is touched.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const simulation = new Simulation(options);
  await simulation.run();
  return reportOf(simulation, options);
}
