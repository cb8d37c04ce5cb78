type Fetch = typeof globalThis.fetch;

/** A reply that is larger than it may be. */
export class ReplyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the reply is larger than ${maxBytes / 1_048_576} MB`);
    this.name = "ReplyTooLarge";
  }
}

/**
 * `fetch` that has read the whole reply, of at most `maxBytes`, when it resolves: its signal then covers the body as
 * well, and a body that breaks off is an error and no short text.
 */
export function boundedFetch(fetch: Fetch, maxBytes: number): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const hasBody = response.status !== 204 && response.status !== 205 && response.status !== 304;
    const bytes = await readBounded(response, maxBytes);
    const headers = new Headers(response.headers);
    headers.set("content-length", String(bytes.byteLength));
    const { status, statusText } = response;
    return new Response(hasBody ? bytes : null, { status, statusText, headers });
  };
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > maxBytes) throw new ReplyTooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
