import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { resolveWorkflowPath } from "./locate-file.ts";

describe("resolveWorkflowPath", () => {
  it("R-101 an explicit path wins over the default", () => {
    const folder = temporaryFolder({ "WORKFLOW.md": "", "other/flow.yaml": "" });
    expect(resolveWorkflowPath("other/flow.yaml", folder)).toBe(join(folder, "other/flow.yaml"));
  });

  it("R-102 without a path it is WORKFLOW.md, then workflow.yaml, of the current folder", () => {
    const both = temporaryFolder({ "WORKFLOW.md": "", "workflow.yaml": "" });
    expect(resolveWorkflowPath(undefined, both)).toBe(join(both, "WORKFLOW.md"));
    const yaml = temporaryFolder({ "workflow.yaml": "" });
    expect(resolveWorkflowPath(undefined, yaml)).toBe(join(yaml, "workflow.yaml"));
  });

  it("R-103 a missing file is missing_workflow_file, with and without a path", () => {
    const folder = temporaryFolder({ "workflow.yaml": "" });
    const missing = { code: "missing_workflow_file", remedy: expect.stringContaining("init") };
    expect(() => resolveWorkflowPath("WORKFLOW.md", folder)).toThrow(
      expect.objectContaining(missing),
    );
    expect(() => resolveWorkflowPath(undefined, temporaryFolder({}))).toThrow(
      expect.objectContaining(missing),
    );
  });

  it("names the nearest one above, up to the top of the repository", () => {
    const folder = temporaryFolder({
      "WORKFLOW.md": "",
      "inner/.git": "",
      "inner/a/file": "",
      "inner/b/workflow.yaml": "",
      "inner/b/c/file": "",
    });
    const remedyIn = (cwd: string): string => {
      try {
        return resolveWorkflowPath(undefined, join(folder, cwd));
      } catch (error) {
        return SignalboxError.isInstance(error) ? (error.remedy ?? "") : "";
      }
    };
    expect(remedyIn("inner/b/c")).toContain(join(folder, "inner/b/workflow.yaml"));
    expect(remedyIn("inner/a")).toContain("signalbox init");
    expect(remedyIn("inner")).toContain("signalbox init");
  });
});
