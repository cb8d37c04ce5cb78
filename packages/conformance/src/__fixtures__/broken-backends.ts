import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AgentEvent,
  type Backend,
  type Session,
  type SessionOrder,
  SignalboxError,
  type TurnOutcome,
} from "@signalbox/contracts";
import type { ScenarioName } from "../backend/backend-subject.ts";
import { secret, type SoundBackend, startStray, usageOf } from "./sound-backend.ts";

/** What somebody got wrong, in terms of what they got right. */
interface Mistake {
  /** Where it is made. */
  readonly in: readonly ScenarioName[];
  readonly start?: (sound: SoundBackend, order: SessionOrder) => Promise<Session>;
  readonly emit?: (event: AgentEvent, order: SessionOrder) => void;
  readonly order?: (order: SessionOrder) => SessionOrder;
  readonly turn?: (
    session: Session,
    order: SessionOrder,
    prompt: string,
    signal: AbortSignal,
  ) => Promise<TurnOutcome>;
  readonly interrupt?: (session: Session) => Promise<void>;
  readonly close?: (session: Session, order: SessionOrder, times: number) => Promise<void>;
}

const never = new AbortController().signal;

/** A mistake for each law, by the law's id. */
export const mistakes: Readonly<Record<string, Mistake>> = {
  "session-started-first": {
    in: ["success"],
    order: (order) => {
      let held: AgentEvent | null = null;
      const emit = (event: AgentEvent): void => {
        if (event.type === "session-started") {
          held = event;
          return;
        }
        order.emit(event);
        if (held !== null) order.emit(held);
        held = null;
      };
      return { ...order, emit };
    },
  },
  "events-well-formed": {
    in: ["success"],
    emit: (event, { emit }) =>
      emit(event.type === "message" ? { ...event, role: "assistant" as "agent" } : event),
  },
  "success-succeeds": {
    in: ["success"],
    turn: async (session, _, prompt, signal) => {
      await session.runTurn(prompt, signal);
      return { kind: "failed", code: "agent-exit", retryable: true, message: "No result line." };
    },
  },
  "works-in-workspace": {
    in: ["success"],
    order: (order) => ({ ...order, cwd: join(order.cwd, "..") }),
  },
  "prompt-verbatim": {
    in: ["echo"],
    turn: (session, _, prompt, signal) => session.runTurn(prompt.replaceAll("\\", "/"), signal),
  },
  "failure-fails": {
    in: ["failure"],
    turn: async (session, _, prompt, signal) => {
      await session.runTurn(prompt, signal);
      return { kind: "succeeded" };
    },
  },
  "crash-fails": {
    in: ["crash"],
    turn: async (session, _, prompt, signal) => {
      await session.runTurn(prompt, signal);
      return { kind: "succeeded" };
    },
  },
  "silence-times-out": {
    in: ["hang"],
    turn: async (session, _, prompt, signal) => {
      const outcome = await session.runTurn(prompt, signal);
      return outcome.kind === "timed-out" ? { kind: "stalled", silentMs: outcome.limitMs } : outcome;
    },
  },
  "mute-start-ends": {
    in: ["mute"],
    start: async () => {
      throw new SignalboxError("transport", "The connection was closed", { retryable: true });
    },
  },
  "quiet-after-outcome": {
    in: ["failure"],
    turn: async (session, { emit }, prompt, signal) => {
      setTimeout(() => emit({ type: "notice", level: "info", text: "Flushed." }), 50);
      return session.runTurn(prompt, signal);
    },
  },
  "quiet-after-close": {
    in: ["hang"],
    close: async (session, { transcribe }) => {
      setTimeout(() => transcribe("exited"), 50);
      await session.close();
    },
  },
  "aborted-order-starts-nothing": {
    start: (sound, order) => sound.startSession({ ...order, signal: never }),
    in: ["success"],
  },
  "aborted-turn-is-canceled": {
    in: ["hang"],
    turn: async (session, _, prompt, signal) =>
      signal.aborted
        ? { kind: "failed", code: "agent-error", retryable: true, message: "Aborted." }
        : session.runTurn(prompt, signal),
  },
  "aborted-order-ends-turn": {
    in: ["hang"],
    start: (sound, order) => sound.startSession({ ...order, signal: never }),
  },
  "interrupt-ends-turn": { interrupt: async () => undefined, in: ["hang"] },
  "close-is-idempotent": {
    in: ["success"],
    close: async (session, _, times) => {
      if (times > 1) throw new Error("The session is closed");
      await session.close();
    },
  },
  "sessions-stay-apart": {
    in: ["hang"],
    start: (() => {
      const shared = new WeakMap<SoundBackend, Session[]>();
      return async (sound: SoundBackend, order: SessionOrder) => {
        const session = await sound.startSession(order);
        const all = shared.get(sound) ?? [];
        shared.set(sound, all);
        all.push(session);
        const close = async (): Promise<void> => {
          for (const one of all) await one.close();
        };
        return { ...methodsOf(session), close };
      };
    })(),
  },
  "no-descendant-survives": {
    in: ["stray"],
    turn: (session, order, prompt, signal) => {
      startStray(order).unref();
      return session.runTurn(prompt, signal);
    },
  },
  "processes-carry-marker": {
    in: ["stray"],
    order: (order) => ({ ...order, environment: {} }),
  },
  "usage-is-absolute": {
    in: ["usage"],
    emit: (event, { emit }) =>
      emit(event.type === "usage" ? { ...event, usage: usageOf(1) } : event),
  },
  "resumed-usage-starts-anew": {
    in: ["usage"],
    start: async (sound, order) => {
      const file = join(sound.place.folder, "turns");
      let turns = order.resume === null ? 0 : Number(readFileSync(file, "utf8"));
      const emit = (event: AgentEvent): void =>
        order.emit(event.type === "usage" ? { ...event, usage: usageOf(turns) } : event);
      const session = await sound.startSession({ ...order, emit });
      const runTurn: Session["runTurn"] = (prompt, signal) => {
        turns += 1;
        writeFileSync(file, String(turns));
        return session.runTurn(prompt, signal);
      };
      return { ...methodsOf(session), runTurn };
    },
  },
  "resumed-session-remembers": {
    in: ["resume"],
    start: async (sound, order) => {
      const forgotten = "Said by nobody.";
      const resumed = order.resume;
      const emit = (event: AgentEvent): void =>
        order.emit(
          event.type === "message" && resumed !== null ? { ...event, text: forgotten } : event,
        );
      return sound.startSession({ ...order, emit });
    },
  },
  "unknown-session-starts-afresh": {
    in: ["resume"],
    start: (sound, order) => {
      const isKnown = order.resume !== null && hasMemory(sound, order.resume);
      return sound.startSession({ ...order, resume: isKnown ? order.resume : randomUUID() });
    },
  },
  "question-parks": {
    in: ["ask"],
    emit: (event, { emit }) => {
      if (event.type !== "input-requested") emit(event);
    },
  },
  "quota-is-told": {
    in: ["quota"],
    turn: async () => ({
      kind: "failed",
      code: "overloaded",
      retryable: true,
      message: "Too many requests.",
    }),
  },
  "start-error-is-typed": {
    in: ["unstartable"],
    start: async () => {
      throw new Error("spawn agent ENOENT");
    },
  },
  "secrets-stay-inside": {
    in: ["leak"],
    turn: async (session, { emit }, prompt, signal) => {
      emit({ type: "message", role: "agent", text: `Authorization: ${secret}` });
      return session.runTurn(prompt, signal);
    },
  },
  "noise-is-harmless": {
    in: ["noise"],
    turn: async (session, _, prompt, signal) => {
      await session.runTurn(prompt, signal);
      return { kind: "failed", code: "agent-protocol", retryable: false, message: "Bad JSON." };
    },
  },
  "lines-are-bounded": {
    in: ["noise"],
    order: (order) => ({ ...order, limits: { ...order.limits, maxLineBytes: 4 << 20 } }),
  },
  "flood-is-bounded": {
    in: ["flood"],
    order: (order) => ({
      ...order,
      transcribe: (line) => order.emit({ type: "message", role: "agent", text: line }),
    }),
  },
  "flood-is-not-kept": {
    in: ["flood"],
    order: (order) => {
      const kept: string[] = [];
      const transcribe = (line: string): void => {
        kept.push(Buffer.from(line).toString());
        order.transcribe(line);
      };
      return { ...order, transcribe };
    },
  },
};

/** The sound backend, with a mistake. */
export function broken(mistake: Mistake): (sound: SoundBackend) => Backend {
  return (sound) => {
    if (!mistake.in.includes(sound.scenario)) return sound;
    return { startSession: (order) => startBroken(sound, order, mistake) };
  };
}

async function startBroken(
  sound: SoundBackend,
  given: SessionOrder,
  { order: change, emit, start, turn, interrupt, close }: Mistake,
): Promise<Session> {
  const heard: SessionOrder =
    emit === undefined ? given : { ...given, emit: (event) => emit(event, given) };
  const order = change?.(heard) ?? heard;
  const session = await (start === undefined
    ? sound.startSession(order)
    : start(sound, order));
  let closed = 0;
  return {
    ...methodsOf(session),
    ...(turn && { runTurn: (prompt, signal) => turn(session, order, prompt, signal) }),
    ...(interrupt && { interrupt: () => interrupt(session) }),
    ...(close && {
      close: () => {
        closed += 1;
        return close(session, order, closed);
      },
    }),
  };
}

function methodsOf(session: Session): Session {
  return {
    sessionId: session.sessionId,
    runTurn: (prompt, signal) => session.runTurn(prompt, signal),
    interrupt: () => session.interrupt(),
    close: () => session.close(),
  };
}

function hasMemory({ place }: SoundBackend, sessionId: string): boolean {
  try {
    return readFileSync(join(place.folder, sessionId), "utf8") !== "";
  } catch {
    return false;
  }
}
