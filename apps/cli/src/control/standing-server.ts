import { ControlServer, type ControlServerOptions } from "./control-server.ts";

const lookEveryMs = 2_000;

/** A control server that is made again where somebody has removed its socket, or the file that says where that is. */
export class StandingServer {
  readonly #options: ControlServerOptions;
  readonly #onFailure: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #server: ControlServer | null = null;
  /** Nobody finds them any more; they may still serve those who had found them. */
  readonly #lost: ControlServer[] = [];
  #turn: Promise<void>;
  #failure = "";

  /** Goes on where no socket can be made: `onFailure` hears of that once, and it is tried again. */
  constructor(options: ControlServerOptions, onFailure: (error: unknown) => void) {
    this.#options = options;
    this.#onFailure = onFailure;
    this.#turn = this.#look();
    this.#timer = setInterval(() => {
      this.#turn = this.#turn.then(() => this.#look());
    }, lookEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
    const servers = this.#server === null ? this.#lost : [...this.#lost, this.#server];
    await Promise.all(servers.map((server) => server.close()));
  }

  async #look(): Promise<void> {
    try {
      if (this.#server !== null) {
        if (await this.#server.isFound()) return;
        // Ahead of its successor: what listens no more takes a socket of that name with it.
        this.#server.unlisten();
        this.#lost.push(this.#server);
        this.#server = null;
      }
      this.#server = await ControlServer.open(this.#options);
      this.#failure = "";
    } catch (error) {
      const text = String(error);
      if (text !== this.#failure) this.#onFailure(error);
      this.#failure = text;
    }
  }
}
