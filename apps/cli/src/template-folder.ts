import { fileURLToPath } from "node:url";

/** Files that the program writes copies of. They lie one folder above source, `dist` and bundle alike. */
export function templateFolder(name: string): string {
  return fileURLToPath(new URL(`../templates/${name}`, import.meta.url));
}
