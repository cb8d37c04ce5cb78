import { boundedText } from "@signalbox/http-tracker";

type Fetch = typeof globalThis.fetch;

/**
 * `fetch` that has read the whole reply, of at most `maxBytes`, when it resolves: its signal then covers the body as
 * well, and a body that breaks off is an error and no short text.
 */
export function boundedFetch(fetch: Fetch, maxBytes: number): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const hasBody = response.status !== 204 && response.status !== 205 && response.status !== 304;
    const text = await boundedText(response, maxBytes);
    const headers = new Headers(response.headers);
    headers.set("content-length", String(Buffer.byteLength(text)));
    const { status, statusText } = response;
    return new Response(hasBody ? text : null, { status, statusText, headers });
  };
}
