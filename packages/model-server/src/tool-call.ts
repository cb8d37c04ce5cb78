import type { Conversation, OfferedTool } from "./conversation.ts";
import type { Action } from "./reply.ts";

/** A call in the words of the agent that offered the tool. */
export interface ToolCall {
  readonly name: string;
  readonly namespace: string | null;
  readonly input: Readonly<Record<string, unknown>>;
}

type Translation = (action: Action, conversation: Conversation) => ToolCall | undefined;

/**
 * Says an action by a tool of the request: the file tool where there is one, else the shell.
 * Throws a `RangeError` where the request offers neither.
 */
export function toToolCall(action: Action, conversation: Conversation): ToolCall {
  for (const translate of translations) {
    const translated = translate(action, conversation);
    if (translated !== undefined) return translated;
  }
  const names = conversation.tools.map((tool) => tool.name).join(", ");
  throw new RangeError(`the scenario wants to ${action.kind}, and no tool of [${names}] can`);
}

const byName: Translation = (action, { tools }) => {
  if (action.kind !== "call") return undefined;
  const offered =
    tools.find((tool) => tool.name === action.tool) ??
    tools.find((tool) => tool.name.endsWith(`_${action.tool}`));
  // A tool that nobody offered is called all the same: agents have to refuse it.
  return {
    name: offered?.name ?? action.tool,
    namespace: offered?.namespace ?? null,
    input: action.input,
  };
};

const byTextEditor: Translation = (action, { tools }) => {
  const editor = tools.find((tool) => tool.type.startsWith("text_editor_"));
  if (editor === undefined) return undefined;
  if (action.kind === "write") {
    return call(editor, { command: "create", path: action.path, file_text: action.content });
  }
  return action.kind === "read" ? call(editor, { command: "view", path: action.path }) : undefined;
};

const byFileTool: Translation = (action, conversation) => {
  if (action.kind !== "write" && action.kind !== "read") return undefined;
  const tool = find(conversation, [action.kind, `${action.kind}_file`, `${action.kind}file`]);
  if (tool === undefined) return undefined;
  const path = parameter(tool, ["file_path", "filePath", "path", "file"]);
  if (path === undefined) return undefined;
  if (action.kind === "read") return call(tool, { [path]: absolute(action.path, conversation) });
  const content = parameter(tool, ["content", "file_text", "contents", "text"]);
  if (content === undefined) return undefined;
  return call(tool, {
    [path]: absolute(action.path, conversation),
    [content]: action.content,
  });
};

const byShell: Translation = (action, conversation) => {
  const { tools } = conversation;
  const vendorShell = tools.find((tool) => tool.type.startsWith("bash_"));
  const shell = vendorShell ?? find(conversation, shellNames);
  if (shell === undefined) return undefined;
  const command = shellText(action, shell);
  if (command === undefined) return undefined;
  const name = parameter(shell, ["command", "cmd"]) ?? "command";
  const isList = shell.parameters[name] === "array";
  return call(shell, {
    [name]: isList ? ["bash", "-lc", command] : command,
    ...("description" in shell.parameters ? { description: "Work on the issue" } : {}),
  });
};

const shellNames = [
  "bash",
  "shell",
  "exec_command",
  "shell_command",
  "run_shell_command",
  "run_command",
  "execute",
];

function shellText(action: Action, shell: OfferedTool): string | undefined {
  switch (action.kind) {
    case "run":
      return action.command;
    case "read":
      return `cat ${quote(action.path)}`;
    case "write":
      return shell.name === "bash" || shell.name === "Bash"
        ? writeByShell(action.path, action.content)
        : writeByPatch(action.path, action.content);
    case "call":
      return undefined;
  }
}

function writeByShell(path: string, content: string): string {
  return `mkdir -p "$(dirname ${quote(path)})" && printf %s ${quote(content)} > ${quote(path)}`;
}

/** Codex takes this out of the shell and does it itself, as a change of files. */
function writeByPatch(path: string, content: string): string {
  const lines = content.replace(/\n$/, "").split("\n");
  const added = lines.map((line) => `+${line}`).join("\n");
  return `apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: ${path}\n${added}\n*** End Patch\nEOF`;
}

const translations: readonly Translation[] = [byName, byTextEditor, byFileTool, byShell];

function call(tool: OfferedTool, input: Readonly<Record<string, unknown>>): ToolCall {
  return { name: tool.name, namespace: tool.namespace, input };
}

function find({ tools }: Conversation, names: readonly string[]): OfferedTool | undefined {
  return tools.find((tool) => names.includes(tool.name.toLowerCase()));
}

function parameter(tool: OfferedTool, names: readonly string[]): string | undefined {
  return names.find((name) => name in tool.parameters);
}

/** File tools want absolute paths; agents tell the model in which folder they are. */
function absolute(path: string, { text }: Conversation): string {
  const folder = /working directory: (\S.*)$/im.exec(text)?.[1];
  return path.startsWith("/") || folder === undefined ? path : `${folder}/${path}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
