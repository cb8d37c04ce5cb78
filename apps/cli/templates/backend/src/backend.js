// @ts-check
import { SignalboxError } from "@signalbox/contracts";
import { agentEnvironment, agentStartError, locateProgram } from "@signalbox/process";
import { ProgramSession } from "./session.js";

/** @import { Backend, Session, SessionOrder } from "@signalbox/contracts" */

/**
 * Runs a program once for each turn.
 *
 * @implements {Backend}
 */
export class ProgramBackend {
  #options;

  /** @param {import("./options.js").Options} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {SessionOrder} order
   * @returns {Promise<Session>}
   */
  async startSession(order) {
    if (order.signal.aborted) throw new SignalboxError("internal", "the order is stopped already");
    const environment = agentEnvironment({ from: process.env, set: order.environment });
    const command = this.#options.program;
    const [program = ""] = command;
    try {
      await locateProgram({ program, cwd: order.cwd, environment });
    } catch (error) {
      throw agentStartError(error);
    }
    return new ProgramSession(command, environment, order);
  }
}
