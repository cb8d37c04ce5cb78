import { registerHooks } from "node:module";
import { plants, type PlantName } from "./plants.ts";

/** Puts the bug into the source that this process loads from now on. Production code has no switch for it. */
export function register(name: PlantName): void {
  const { changes } = plants[name];
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const here = changes.filter(({ file }) => url.endsWith(file));
      if (here.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
      let source =
        typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
      for (const { from, to, file } of here) {
        if (!source.includes(from))
          throw new Error(`${file} has changed: the plant finds no place`);
        source = source.replace(from, () => to);
      }
      return { ...loaded, source };
    },
  });
}
