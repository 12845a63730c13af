/** The verbs the story is told in. Each does something real, compares it with what must come of it, and tells both. */
import { eventually } from "../lab/eventually.ts";
import { inWords, type Question, type Reply, type Resolution } from "./ask.ts";
import { seconds, type Narrator, type Told } from "./narrator.ts";

/** The story went another way; how has been told. */
export class Difference extends Error {}

export interface Stagecraft {
  /** Does something that one could type. A text that it returns is told as what came of it. */
  act(did: string, command: string, act: () => Promise<void> | string | void): Promise<void>;
  /** Sends a request that must be answered with this status. */
  send(did: string, question: Question<Reply>, status: number, show?: (reply: Reply) => string): Promise<Reply>;
  /** Asks DNS once: the answer must be there now. */
  resolveNow(did: string, question: Question<Resolution>, expected: Resolution): Promise<void>;
  /** Asks DNS until the answer is there; on the way from one answer to the other nothing else may be seen. */
  resolveSoon(did: string, question: Question<Resolution>, change: Change): Promise<void>;
  /** Asks for something that must be answered with this text. */
  check(did: string, question: Question<string>, expected: string): Promise<void>;
}

export interface Change {
  from: Resolution;
  to: Resolution;
}

const deadlineMs = 60_000;

export function stagecraft(narrator: Narrator): Stagecraft {
  const judge = (told: Told, asExpected: boolean, expected: string): void => {
    if (asExpected) return narrator.tell(told);
    narrator.tellDifference(told, expected);
    throw new Difference();
  };
  return {
    act: async (did, asked, act) => {
      narrator.tell({ did, asked, cameBack: (await act()) ?? "" });
    },
    send: async (did, { command: asked, ask }, status, show = ({ text }) => text) => {
      const reply = await ask();
      const asExpected = reply.status === status;
      judge({ did, asked, cameBack: asExpected ? show(reply) : reply.text }, asExpected, `status ${status}`);
      return reply;
    },
    resolveNow: async (did, { command: asked, ask }, expected) => {
      const cameBack = inWords(await ask());
      judge({ did, asked, cameBack }, cameBack === inWords(expected), inWords(expected));
    },
    resolveSoon: async (did, { command: asked, ask }, { from, to }) => {
      const showProgress = narrator.waitFor(did);
      const { value, elapsedMs } = await eventually(ask, (seen) => !isOnTheWay(seen, from, to), {
        deadlineMs,
        onLook: (seen, elapsedMs) => showProgress(`DNS answers ${inWords(seen)}`, elapsedMs),
      });
      const cameBack = `${inWords(value)}, after ${seconds(elapsedMs)}`;
      judge({ did, asked, cameBack }, inWords(value) === inWords(to), inWords(to));
    },
    check: async (did, { command: asked, ask }, expected) => {
      const cameBack = await ask();
      judge({ did, asked, cameBack }, cameBack === expected, expected);
    },
  };
}

/** Not there yet, but possible on the way: what both ends have is in it, and nothing that neither has. */
function isOnTheWay(seen: Resolution, from: Resolution, to: Resolution): boolean {
  if (inWords(seen) === inWords(to)) return false;
  if (inWords(seen) === inWords(from)) return true;
  if (typeof seen === "string") return false;
  const [before, after] = [addressesOf(from), addressesOf(to)];
  const lasting = before.filter((ip) => after.includes(ip));
  return lasting.every((ip) => seen.includes(ip)) && seen.every((ip) => before.includes(ip) || after.includes(ip));
}

function addressesOf(resolution: Resolution): string[] {
  return typeof resolution === "string" ? [] : resolution;
}
