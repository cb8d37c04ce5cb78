import plugin from "../src/index.js";

const agent = (script) => () => plugin.create({ program: ["sh", "-c", script] });
const unheard = "Its programs have no way to tell that.";

/** @type {import("@signalbox/conformance").BackendSubject} */
export const subject = {
  name: "signalbox-backend-example",
  scenarios: {
    success: agent("echo working; echo done >conformance.txt"),
    failure: agent("echo working; exit 1"),
    hang: agent("echo working; sleep 60"),
    crash: agent("echo working; kill -SEGV $$"),
    flood: agent(`yes '${"All work and no play. ".repeat(20)}' | head -c 33554432`),
    noise: agent(String.raw`printf '\377\376 a\0b\n'; head -c 4194304 /dev/zero; echo; echo end`),
    stray: agent("setsid sh -c 'trap \"\" TERM; sleep 61' & echo working; sleep 60"),
    unstartable: () => plugin.create({ program: ["/no/such/agent"] }),
    echo: "Its programs remember nothing.",
    resume: "Its programs remember nothing.",
    usage: unheard,
    ask: unheard,
    quota: unheard,
    leak: "It is given no secret.",
    mute: "A program is ready as soon as it is started.",
  },
};
