// A full agent for Signalbox's backend `command`: it asks a model, keeps the conversation, and commits the answer.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, HOME, MODEL, SIGNALBOX_SESSION_ID } = process.env;
const tell = (line) => console.log(`::signalbox ${JSON.stringify(line)}`);

const memory = `${HOME}/.messages-agent-${SIGNALBOX_SESSION_ID}.json`;
const messages = JSON.parse(await readFile(memory, "utf8").catch(() => "[]"));
messages.push({ role: "user", content: await text(process.stdin) });
tell({ type: "session", model: MODEL });
const response = await fetch(`${ANTHROPIC_BASE_URL ?? "https://api.anthropic.com"}/v1/messages`, {
  method: "POST",
  headers: { "x-api-key": ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01" },
  body: JSON.stringify({ model: MODEL, max_tokens: 8_000, messages }),
});
if (response.status === 429) {
  const seconds = Number(response.headers.get("retry-after") ?? 60);
  tell({ type: "quota", pool: "anthropic", resets_at: Math.round(Date.now() / 1000) + seconds });
} else if (!response.ok) {
  const code = { 401: "auth", 402: "billing", 529: "overloaded" }[response.status];
  tell({ type: "failure", code, message: `The model answered with ${response.status}` });
} else {
  const { content, usage } = await response.json();
  tell({ type: "usage", pool: "anthropic", ...usage });
  const answer = content.map((block) => block.text ?? "").join("");
  await writeFile(memory, JSON.stringify([...messages, { role: "assistant", content: answer }]));
  if (answer.startsWith("QUESTION:")) {
    tell({ type: "question", text: answer.slice(9).trim() });
  } else {
    await writeFile("ANSWER.md", `${answer}\n`);
    execFileSync("git", ["add", "ANSWER.md"]);
    execFileSync("git", ["commit", "--quiet", "--allow-empty", "--message", "Answer"]);
  }
}
