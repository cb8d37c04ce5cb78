import type { IncomingHttpHeaders } from "node:http";
import type { Endpoint, VendorName } from "./route.ts";

/** A request as the server got it. */
export interface RecordedRequest {
  /** As it stands in the path, still encoded. */
  readonly scenario: string;
  readonly vendor: VendorName;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; `undefined` where there is none or it is no JSON. */
  readonly body: unknown;
  /** Epoch milliseconds. */
  readonly at: number;
}

const maximalCount = 2000;
const maximalBytes = 128 * 1024 * 1024;

/** The last requests: at most 2000, and at most 128 MiB of bodies. */
export class RequestLog {
  readonly #entries: { readonly request: RecordedRequest; readonly bytes: number }[] = [];
  #bytes = 0;

  add(request: RecordedRequest, bytes: number): void {
    this.#entries.push({ request, bytes });
    this.#bytes += bytes;
    while (this.#entries.length > maximalCount || this.#bytes > maximalBytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
    }
  }

  list(): readonly RecordedRequest[] {
    return this.#entries.map(({ request }) => request);
  }
}
