export type VerbName =
  | "init"
  | "validate"
  | "run"
  | "explain"
  | "status"
  | "logs"
  | "stop"
  | "retry"
  | "release"
  | "answer"
  | "drain"
  | "journal"
  | "verify"
  | "stats"
  | "export"
  | "replay"
  | "simulate"
  | "plugin"
  | "new";

/** What the manual pages begin with. It is wrapped where it is printed. */
export const descriptions: Readonly<Record<VerbName | "signalbox", string>> = {
  signalbox:
    "Dispatches coding agents to the issues of your tracker.\n\n" +
    "A daemon reads the tracker, gives each eligible issue a git worktree of its own, runs an agent there, watches it, " +
    "retries or parks it, and delivers the result as a branch or a merge. What it does, and what agents are told, " +
    "is written in one file: the workflow file.",
  init:
    "Writes a commented WORKFLOW.md into the root of this git repository, made for what is found there: the roadmap " +
    "file and the states that its features are in, or else the tasks of Backlog.md, or the issues on GitHub or GitLab; the " +
    "default branch, the agent programs on PATH. Touches nothing else, unless labels are asked for.",
  validate:
    "Checks a workflow file, the options of the adapters that it names, and whether the programs and the roadmap that it " +
    "names are there. Each problem is given with file, line, column and key, and with what to do about it. Warnings " +
    "alone are no failure. Needs no token and no network.",
  run:
    "Runs the daemon: looks at the tracker, dispatches agents and delivers results until it is told to end. On a " +
    "terminal it shows what happened, and below that what is under way; in a pipe, plain lines. The log goes to stderr.",
  explain:
    "Says for one issue every reason why it is not running now, and what would release it. Works beside a running " +
    "daemon and without one, and changes nothing.",
  status:
    "Shows what runs, what is being delivered, which issues are parked and what they ask, how many wait and for what, " +
    "and what it all took so far. Asks the running daemon; without one, it reads the journal and says so.",
  logs:
    "Shows what the agent of an issue was told, and in words what it said and did, run after run, from the state " +
    "folder. Works beside a running daemon and without one. Control bytes are left out. --raw shows the lines of the " +
    "agent's own protocol as they came, and so does --json.",
  stop:
    "Stops the run of an issue, or its waiting for one, and parks the issue: it stays as it is until `signalbox retry`, " +
    "or until somebody changes it in the tracker. Workspace and session are kept. A delivery is not interrupted.",
  retry:
    "Ends the waiting of an issue now, whether for its next run, for a person, for a quota, or for another try of its " +
    "delivery. Its counters start again, and its session goes on.",
  release:
    "Gives up the claim on an issue: stops its run, or forgets that it waits or is parked, its counters and its " +
    "session. The workspace stays. Where the tracker still says that it is to be worked on, it begins anew. A delivery " +
    "that is under way is not interrupted.",
  answer:
    "Answers the question that a parked issue asks. The agent gets the answer, in the same session, in its next run. " +
    "At most 4,000 characters.",
  drain:
    "Starts nothing new, waits until what runs has come to its end, and ends the daemon: what the first Ctrl-C does. " +
    "Says meanwhile what is waited for.",
  journal:
    "Looks into the journal: everything that was ever decided, in one file of the state folder. Works beside a running " +
    "daemon and without one, also where the file cannot be written, and changes nothing.",
  verify:
    "Looks at every page, checksum and number in the journal, folds all its entries, and compares the result with each " +
    "snapshot. Says what is not as it was written, and what to do about it.",
  stats:
    "Says how many entries of which type the journal holds and how large they are, from when to when, the daemon lives " +
    "that wrote them, the snapshots, and the size of the files.",
  export:
    "Prints the entries of the journal in order, one JSON object a line, as fast as they are read and however many " +
    "there are. docs/events.md says what they mean.",
  simulate:
    "Forecasts what a workflow file comes to: how many issues are finished, how long they wait, how full the slots are. " +
    "The daemon that it runs is the real one; time, tracker and agents are simulated, so a day takes seconds. Limits, " +
    "states, labels and intervals are those of the file. Touches nothing: no tracker, no repository, no agent.",
  plugin:
    "For people who write plugins: a tracker or an agent that Signalbox does not know. docs/plugin-guide.md tells what " +
    "a plugin is, and what it has to keep.",
  new:
    "Makes a package with a plugin: a tracker that reads a service over HTTP, or a backend that runs a program. It " +
    "passes the conformance kit as it is, with a small service or a shell script in place of the real thing. It is plain " +
    "JavaScript with types in comments, so that nothing has to be built. Touches no other folder, and installs nothing.",
  replay:
    "Rebuilds the state from the journal as a starting daemon does, now or for any time that the journal still covers, " +
    "and prints a summary of it with its hash. Decides nothing and changes nothing.",
};

export const fileArgument =
  "the workflow file (default: WORKFLOW.md, then workflow.yaml, of the current folder)";

const exitStatus = `Exit status:
  0  done, or ended as asked
  1  failed; the last lines on stderr say what, where, and what to do
  2  wrong command line`;

const orderStatus = `Exit status:
  0  done, or it was so already: the line on stdout says which
  1  failed, or refused: the lines on stderr say why, and what to do
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
  signalbox status               see what runs, and what is asked
  signalbox journal verify       check that the journal is intact

"signalbox help <verb>" tells more about a verb.`,
  init: `
${exitStatus}

Examples:
  signalbox init                 write WORKFLOW.md
  signalbox init --force         write it anew
  GITHUB_TOKEN=… signalbox init --create-labels
                                 also create the labels status:todo, … on GitHub; a
                                 workflow file that is there is left as it is`,
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

With --take-over it first ends the daemon that has the journal, with SIGKILL:
one that is stopped (SIGSTOP) or hangs hears nothing else. Its agents are not
touched; they are adopted.

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
With --at it says what held the issue back at a time in the past, as the journal
had it: ISO 8601, local where it names no zone; 12:55 of today; epoch
milliseconds; or -90s, -5m, -2h, -1d, -1w. The tracker is not asked.

${exitStatus}

Examples:
  signalbox explain parse-input
  signalbox explain 42 --json
  signalbox explain 42 --at -2h`,
  status: `
${exitStatus}

Examples:
  signalbox status
  signalbox status --json`,
  logs: `
With --follow it ends with Ctrl-C, or when the issue is delivered or given up.

${exitStatus}

Examples:
  signalbox logs parse-input
  signalbox logs parse-input --follow
  signalbox logs parse-input --raw
  signalbox logs parse-input --run run-12 --lines all --json`,
  stop: `
${orderStatus}

Examples:
  signalbox stop parse-input
  signalbox stop 42 --json`,
  retry: `
${orderStatus}

Examples:
  signalbox retry parse-input`,
  release: `
${orderStatus}

Examples:
  signalbox release parse-input`,
  answer: `
${orderStatus}

Examples:
  signalbox answer parse-input "The second one."
  signalbox answer parse-input - < answer.md`,
  drain: `
Exit status:
  0  drained, and the daemon has ended; with --no-wait: draining
  1  failed, or the daemon was ended before the drain was over
  2  wrong command line

Examples:
  signalbox drain && npm update --global signalbox && signalbox run`,
  journal: `
${exitStatus}

Examples:
  signalbox journal verify
  signalbox journal stats --json
  signalbox journal export --from -1d > yesterday.ndjson`,
  verify: `
Exit status:
  0  intact
  1  not as it was written, or not readable; the lines say what, and what to do
  2  wrong command line

Examples:
  signalbox journal verify
  signalbox journal verify --json`,
  stats: `
${exitStatus}

Examples:
  signalbox journal stats`,
  export: `
A point is the number of an entry (below 100,000,000,000) or a time: ISO 8601,
local where it names no zone; 12:55 of today; epoch milliseconds; or -90s, -5m,
-2h, -1d, -1w.

${exitStatus}

Examples:
  signalbox journal export > journal.ndjson
  signalbox journal export --from 1200 --to 1300
  signalbox journal export --from 2026-01-31T09:00 --to -2h`,
  simulate: `
A forecast is as good as what it assumes: agents as the options describe them,
a tracker that answers at once, deliveries of a few seconds, and nobody who
changes or answers anything. With --faults the daemon is killed again and
again, the tracker fails, disks fill up and agents misbehave; then the
figures are no forecast, and a broken promise is printed with its seed.

${exitStatus}

Examples:
  signalbox simulate --issues 40 --hours 8 --turn-minutes 20
  signalbox simulate --backlog --json
  signalbox simulate --faults --seed 7`,
  plugin: `
${exitStatus}

Examples:
  signalbox plugin new tracker acme`,
  new: `
${exitStatus}

Examples:
  signalbox plugin new tracker acme       into ./signalbox-tracker-acme
  signalbox plugin new backend my-agent --dir plugins/my-agent`,
  replay: `
Exit status:
  0  done
  1  failed; or with --verify: a snapshot is not what the entries say
  2  wrong command line

Examples:
  signalbox replay --verify
  signalbox replay --at 2026-01-31T09:00Z
  signalbox replay --step --from -10m | less`,
};
