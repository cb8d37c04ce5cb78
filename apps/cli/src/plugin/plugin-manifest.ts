/** What `signalbox plugin new` makes. */
export type NewPluginKind = "tracker" | "backend";

/** The package that a workflow file's `kind: <name>` or `backend: <name>` is found by. */
export function pluginPackageName(kind: NewPluginKind, name: string): string {
  return `signalbox-${kind}-${name}`;
}

/** The text of its package.json. `version` is that of the packages which it is written for. */
export function pluginManifest(kind: NewPluginKind, name: string, version: string): string {
  const range = `^${version}`;
  const manifest = {
    name: pluginPackageName(kind, name),
    version: "0.1.0",
    description: `The ${kind} ${name} for Signalbox.`,
    type: "module",
    files: ["src"],
    exports: { ".": "./src/index.js", "./package.json": "./package.json" },
    scripts: { test: "node --test" },
    dependencies: {
      "@signalbox/contracts": range,
      ...(kind === "backend" ? { "@signalbox/process": range } : {}),
    },
    devDependencies: { "@signalbox/conformance": range },
    engines: { node: ">=22.18" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
