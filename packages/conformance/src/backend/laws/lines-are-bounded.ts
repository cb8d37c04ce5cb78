import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

const maxLineBytes = 65_536;
/** For a remark that it was cut. */
const roomForRemark = 256;

export const linesAreBounded: BackendLaw = backendLaw({
  id: "lines-are-bounded",
  title: "a line beyond the limit is cut, with a notice",
  requirement: "R-506",
  plays: ["noise"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("noise", { limits: { maxLineBytes } });
    await session.runTurn();
    const { longestLine } = session.hearing;
    demand(
      longestLine <= maxLineBytes + roomForRemark,
      `A line of ${longestLine} characters came through a limit of ${maxLineBytes} bytes.`,
    );
    demand(session.hearing.ofType("notice").length > 0, "No notice says that a line was cut.");
  },
});
