export type VerbName = "init" | "validate" | "run" | "explain";

/** What the manual pages begin with. It is wrapped where it is printed. */
export const descriptions: Readonly<Record<VerbName | "signalbox", string>> = {
  signalbox:
    "Dispatches coding agents to the issues of your tracker.\n\n" +
    "A daemon reads the tracker, gives each eligible issue a git worktree of its own, runs an agent there, watches it, " +
    "retries or parks it, and delivers the result as a branch or a merge. What it does, and what agents are told, " +
    "is written in one file: the workflow file.",
  init:
    "Writes a commented WORKFLOW.md into the root of this git repository, made for what is found there: the roadmap " +
    "file, the default branch, the agent programs on PATH. Touches nothing else.",
  validate:
    "Checks a workflow file, and the options of the adapters that it names. Each problem is given with file, line, " +
    "column and key, and with what to do about it. Warnings alone are no failure.",
  run:
    "Runs the daemon: looks at the tracker, dispatches agents and delivers results until it is told to end. On a " +
    "terminal it shows what happened, and below that what is under way; in a pipe, plain lines. The log goes to stderr.",
  explain:
    "Says for one issue every reason why it is not running now, and what would release it. Works beside a running " +
    "daemon and without one, and changes nothing.",
};

export const fileArgument =
  "the workflow file (default: WORKFLOW.md, then workflow.yaml, of the current folder)";

const exitStatus = `Exit status:
  0  done, or ended as asked
  1  failed; the last lines on stderr say what, where, and what to do
  2  wrong command line`;

/** What the manual pages end with, in lines of at most 79 columns. */
export const endings: Readonly<Record<VerbName | "signalbox", string>> = {
  signalbox: `
Files:
  WORKFLOW.md, workflow.yaml
      The workflow file: settings, and the prompt that agents get.
  $XDG_STATE_HOME/signalbox/<folder>-<hash>/
      The state folder: journal, mirror, workspaces, transcripts. Named after
      the workflow file's folder and a hash of its path. By default
      below ~/.local/state; --state-dir or SIGNALBOX_STATE_DIR moves it.
      When it is lost, so is work under way; what was delivered into a local
      repository is found by its commits, and not started again.

Environment:
  SIGNALBOX_STATE_DIR  the state folder, where --state-dir is not given
  SIGNALBOX_DEBUG      set to 1: failures say where in the program
  NO_COLOR             set to anything: no colours

${exitStatus}

Examples:
  signalbox init                 write a workflow file for this repository
  signalbox validate             check it
  signalbox run --dry-run        see what would start, and why the rest waits
  signalbox run --once           work until nothing is left to do
  signalbox explain parse-input  ask why an issue is not running

"signalbox help <verb>" tells more about a verb.`,
  init: `
${exitStatus}

Examples:
  signalbox init                 write WORKFLOW.md
  signalbox init --force         write it anew`,
  validate: `
${exitStatus}

Examples:
  signalbox validate
  signalbox validate ci/workflow.yaml --json`,
  run: `
With --once it ends when nothing is left that it can do. A delivery that waits
for a person is left: what it waits for is in its line, "delivery waits". Do
that, and it goes on within seconds; or end it with Ctrl-C, and the next run
delivers.

Signals:
  SIGINT (Ctrl-C)   the first lets the agents finish and starts nothing new,
                    the second stops them
  SIGTERM, SIGHUP   as on_terminate says; "runner: inline" stops the agents

${exitStatus}

Examples:
  signalbox run
  signalbox run --once --state-dir /var/lib/signalbox
  signalbox run --dry-run --json`,
  explain: `
${exitStatus}

Examples:
  signalbox explain parse-input
  signalbox explain 42 --json`,
};
