"""A full agent for Signalbox's backend `command`: it asks a model, keeps the conversation, and commits the answer."""
import json, os, pathlib, subprocess, sys, time, urllib.error, urllib.request

def tell(**line):
    print("::signalbox", json.dumps(line), flush=True)

memory = pathlib.Path.home() / f".messages-agent-{os.environ['SIGNALBOX_SESSION_ID']}.json"
messages = json.loads(memory.read_text()) if memory.exists() else []
messages.append({"role": "user", "content": sys.stdin.read()})
model = os.environ["MODEL"]
tell(type="session", model=model)
request = urllib.request.Request(
    os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com") + "/v1/messages",
    json.dumps({"model": model, "max_tokens": 8000, "messages": messages}).encode(),
    {"x-api-key": os.environ["ANTHROPIC_API_KEY"], "anthropic-version": "2023-06-01"},
)
try:
    response = json.load(urllib.request.urlopen(request))
except urllib.error.HTTPError as error:
    if error.code == 429:
        wait = int(error.headers.get("retry-after", 60))
        sys.exit(tell(type="quota", pool="anthropic", resets_at=int(time.time()) + wait))
    code = {401: "auth", 402: "billing", 529: "overloaded"}.get(error.code, "agent-error")
    sys.exit(tell(type="failure", code=code, message=f"The model answered with {error.code}"))
tell(type="usage", pool="anthropic", **response["usage"])
answer = "".join(block.get("text", "") for block in response["content"])
memory.write_text(json.dumps(messages + [{"role": "assistant", "content": answer}]))
if answer.startswith("QUESTION:"):
    sys.exit(tell(type="question", text=answer[9:].strip()))
pathlib.Path("ANSWER.md").write_text(answer + "\n")
subprocess.run(["git", "add", "ANSWER.md"], check=True)
subprocess.run(["git", "commit", "--quiet", "--allow-empty", "--message", "Answer"], check=True)
