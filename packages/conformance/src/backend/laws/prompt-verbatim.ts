import { readdir } from "node:fs/promises";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

const prompt = 'Fix $(touch pwned) `touch pwned`; touch pwned & "it\'s" $HOME \\ 100% é 🚂';

export const promptVerbatim: BackendLaw = backendLaw({
  id: "prompt-verbatim",
  title: "the agent gets the prompt word for word, and no shell gets it",
  requirement: "R-501",
  plays: ["echo"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("echo");
    await session.runTurn(prompt);
    const said = session.hearing.messages();
    demand(said.includes(prompt), `The agent got another prompt: ${JSON.stringify(said)}.`);
    const files = await readdir(trial.place.workspace);
    demand(!files.includes("pwned"), "A shell has interpreted the prompt.");
  },
});
