/**
 * Preloaded into daemons and runners (`--import <this>?<name of the plant>`): puts one bug into the source that they
 * load. Production code has no switch for it.
 */
import { registerHooks } from "node:module";
import { isPlantName, plants } from "../planted/plants.ts";

const name = new URL(import.meta.url).search.slice(1);
if (!isPlantName(name)) throw new Error(`There is no plant ${name}`);
const planted = plants[name];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const here = planted.filter(({ file }) => url.endsWith(file));
    if (here.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
    let source =
      typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source);
    for (const { from, to, file } of here) {
      if (!source.includes(from)) throw new Error(`${file} has changed: the plant finds no place`);
      source = source.replace(from, () => to);
    }
    return { ...loaded, source };
  },
});
