import type { Reply } from "@signalbox/http-tracker";

interface Page {
  readonly etag: string;
  readonly reply: Reply;
  readonly size: number;
}

/** Replies by URL with their ETags, the oldest dropped first: asked for again, an unchanged one costs no quota. */
export class PageCache {
  readonly #pages = new Map<string, Page>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(url: string): Page | null {
    const page = this.#pages.get(url);
    if (page === undefined) return null;
    this.#pages.delete(url);
    this.#pages.set(url, page);
    return page;
  }

  put(url: string, reply: Reply): void {
    this.delete(url);
    const etag = reply.headers["etag"];
    const size = Number(reply.headers["content-length"] ?? Number.NaN);
    if (etag === undefined || !(size <= this.#maxBytes)) return;
    this.#pages.set(url, { etag, reply, size });
    this.#bytes += size;
    for (const oldest of this.#pages.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  delete(url: string): void {
    this.#bytes -= this.#pages.get(url)?.size ?? 0;
    this.#pages.delete(url);
  }

  clear(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }
}
