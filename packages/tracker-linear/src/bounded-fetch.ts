import { trackerError } from "./linear-error.ts";

/** No reply is read further, bytes: a page of 50 issues with descriptions of 1 MB each still fits. */
const longestReply = 64 * 1024 * 1024;

/** What became of a request, for whoever classifies its failure. */
export interface Exchange {
  /** `null` until a reply came. */
  response: Response | null;
}

/** A `fetch` that obeys `signal`, notes the reply in `exchange`, and hands out a body of bounded size. */
export function boundedFetch(
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
  exchange: Exchange,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, signal, redirect: "error" });
    exchange.response = response;
    return new Response(bounded(response.body), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

function bounded(body: Response["body"]): Response["body"] {
  if (body === null) return null;
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size <= longestReply) controller.enqueue(chunk);
        else
          controller.error(trackerError("tracker_payload", "Linear's reply is longer than 64 MiB"));
      },
    }),
  );
}

/**
 * Runs `call` with another `fetch`. The SDK has no option for one: it reads the global and calls it before it first
 * waits, so the exchange is over when `call` returns its promise, and no other code sees it.
 */
export function withFetch<Result>(
  fetch: typeof globalThis.fetch,
  call: () => Promise<Result>,
): Promise<Result> {
  const before = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return call();
  } finally {
    globalThis.fetch = before;
  }
}
