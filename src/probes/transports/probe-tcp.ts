/** tcpSocket: the port accepts a connection in time. Nothing is sent. */
import { dial, hangUp, type Dialled } from "../dial.ts";
import { authorityOf, type TcpTarget } from "../probe-target.ts";
import type { Connect, Deadline } from "../sockets.ts";
import { success, unknown, type LeftBehind, type ProbeAnswer } from "./probe-answer.ts";

export async function probeTcp(target: TcpTarget, connect: Connect, deadline: Deadline): Promise<ProbeAnswer> {
  const dialled = await dial(connect, { ...target, secure: false }, deadline);
  if (dialled.dial !== "open") return failedDialAnswer(dialled, target, "");
  hangUp(dialled.socket);
  return success;
}

/** A dial that did not lead to a socket; for one that timed out, what was left behind if it is not taken care of. */
export type FailedDial =
  | Exclude<Dialled, { dial: "open" } | { dial: "timed-out" }>
  | { dial: "timed-out"; leftBehind?: LeftBehind };

/** In Go's words; `context` comes before them, for HTTP the request. */
export function failedDialAnswer(
  dialled: FailedDial,
  target: { hostname: string; port: number },
  context: string,
): ProbeAnswer {
  const dialling = `${context}dial tcp ${authorityOf(target)}`;
  switch (dialled.dial) {
    case "refused":
      return failure(`${dialling}: connect: connection refused`, "refused");
    case "lost":
      return failure(`${dialling}: connect: connection reset by peer`, "broken");
    case "timed-out":
      return {
        ...failure(`${dialling}: i/o timeout`, "timed-out"),
        ...(dialled.leftBehind && { leftBehind: dialled.leftBehind }),
      };
    case "impossible":
      return unknown(`${dialling}: ${dialled.message}`);
  }
}

function failure(message: string, cause: "refused" | "broken" | "timed-out"): ProbeAnswer {
  return { outcome: { result: "failure", message, cause } };
}
