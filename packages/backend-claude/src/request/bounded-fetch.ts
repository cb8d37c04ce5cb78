/** Far beyond any reply that a model gives. */
const maxReplyBytes = 32 * 1024 * 1024;

/** Found among the causes of what the SDK throws. */
export class EndlessAnswer extends Error {
  override readonly name = "EndlessAnswer";
}

/** The same `fetch`, but for answers without an end: they fail, instead of filling the memory. */
export function boundedFetch(
  fetch: typeof globalThis.fetch,
  limit: number = maxReplyBytes,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let bytes = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length;
          if (bytes > limit)
            controller.error(new EndlessAnswer(`The answer is longer than ${limit} bytes`));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
}
