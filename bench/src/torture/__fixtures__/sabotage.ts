/** Preloaded into daemons and runners (`--import <this>?<name of the plant>`). */
import { isPlantName } from "../planted/plants.ts";
import { register } from "../planted/register.ts";

const name = new URL(import.meta.url).search.slice(1);
if (!isPlantName(name)) throw new Error(`There is no plant ${name}`);
register(name);
