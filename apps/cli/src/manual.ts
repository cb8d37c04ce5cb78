/** What `signalbox --help` says beyond the list of verbs and options. */

export const description: string = `Dispatches coding agents to the issues of your tracker.

A daemon reads a tracker (a roadmap file, for a start), gives each eligible issue a git worktree of its own, runs an
agent there, watches it, retries or parks it, and delivers the result as a branch or a merge. What it does is
written in one file, the workflow file.`;

export type VerbName = "init" | "validate" | "run" | "explain";

export const descriptions: Readonly<Record<VerbName, string>> = {
  init: `Writes a commented WORKFLOW.md into the root of this git repository, made for what is found there: the roadmap
file, the default branch, the agent programs on PATH. Touches nothing else.`,
  validate: `Checks a workflow file, and the options of the adapters that it names. Each problem is given with file, line,
column and key, and with what to do about it.`,
  run: `Runs the daemon: looks at the tracker, dispatches agents, delivers results, until it is told to end. The first
Ctrl-C lets the agents finish and starts nothing new; the second stops them.`,
  explain: `Says for one issue every reason why it is not running now, and what would release it. Works beside a running
daemon and without one, and changes nothing.`,
};

const workflowFile = `  FILE                     the workflow file; by default WORKFLOW.md, then workflow.yaml, of the current folder`;

const stateFolder = `  The state folder holds journal, mirror, workspaces and transcripts. It is, in this order, what --state-dir says,
  what SIGNALBOX_STATE_DIR says, or $XDG_STATE_HOME/signalbox/<repository>-<hash> (by default below ~/.local/state).`;

const exitStatus = `Exit status:
  0  done, or ended as asked
  1  failed; the last lines on stderr say what, where, and what to do
  2  wrong command line`;

export const pages: Readonly<Record<VerbName | "signalbox", string>> = {
  signalbox: `
Files:
  WORKFLOW.md, workflow.yaml
      The workflow file: settings, and the prompt that agents get.
${stateFolder}

Environment:
  SIGNALBOX_STATE_DIR      the state folder
  SIGNALBOX_DEBUG          set to 1: failures print where in the program they happened
  NO_COLOR                 set to anything: no colours

${exitStatus}

Examples:
  signalbox init                     write a workflow file for this repository
  signalbox validate                 check it
  signalbox run --dry-run            see what would be started, and why the rest waits
  signalbox run --once               work until nothing is left to do
  signalbox explain parse-input      ask why an issue is not running

"signalbox help <verb>" tells more about a verb.`,
  init: `
Examples:
  signalbox init                     write WORKFLOW.md
  signalbox init --force             write it anew

${exitStatus}`,
  validate: `
Arguments:
${workflowFile}

${exitStatus} (warnings alone are no failure)

Examples:
  signalbox validate
  signalbox validate ci/workflow.yaml --json`,
  run: `
Arguments:
${workflowFile}

Output:
  On a terminal, lines about what happened, and below them what is under way. In a pipe, the lines alone. With --json,
  one JSON object a line. The log goes to stderr.

Signals:
  SIGINT (Ctrl-C)          the first lets the agents finish, the second stops them
  SIGTERM, SIGHUP          as on_terminate says; with "runner: inline" the agents are stopped

${exitStatus}

Examples:
  signalbox run
  signalbox run --once --state-dir /var/lib/signalbox
  signalbox run --dry-run --json`,
  explain: `
Arguments:
  ISSUE                    an identifier, an id, or the beginning of exactly one identifier
${workflowFile}

${exitStatus}

Examples:
  signalbox explain parse-input
  signalbox explain 42 --json`,
};
