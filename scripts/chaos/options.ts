/** What `npm run chaos` may be told. Pure. */
import { parseArgs } from "node:util";
import { faultNames } from "./fault-plan.ts";

export const help = `Does to a Rollcall of its own what may happen to one, and counts what must never happen.

npm run chaos -- [options]
  --minutes M      how long faults and writes go on               (10)
  --seed N         makes the same choices again                   (one of chance)
  --namespaces N   each has nine pods, three services, a writer   (4)
  --only FAULT     this kind of fault alone; may be given again
  --brisk          short calms and short faults, for a short run
  --json           figures as JSON on stdout

A real server with its data in a temporary folder, real pods on loopback addresses (127.71.0.0/16). workerd, Node or both
are killed (SIGKILL), calls to D1 fail, pokes are lost, clocks jump: ${faultNames.join("; ")}. Exits 0 when every acknowledged write was kept and no
answer was wrong, else 1 with each violation and its history.`;

export interface Options {
  minutes: number;
  seed: number;
  namespaces: number;
  /** The kinds of faults. */
  only: readonly string[];
  brisk: boolean;
  json: boolean;
}

export type ParsedOptions = { kind: "run"; options: Options } | { kind: "help" } | { kind: "wrong"; why: string };

export function parseOptions(args: string[], seedOfChance: number): ParsedOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        minutes: { ...text, default: "10" },
        seed: { ...text, default: String(seedOfChance) },
        namespaces: { ...text, default: "4" },
        only: { ...text, multiple: true, default: [...faultNames] },
        brisk: flag,
        json: flag,
        help: { ...flag, short: "h" },
      },
    });
    if (values.help) return { kind: "help" };
    const { brisk, json, only } = values;
    const unknown = only.find((name) => !faultNames.includes(name));
    if (unknown !== undefined) return { kind: "wrong", why: `--only ${unknown}: there is ${faultNames.join("; ")}` };
    const [minutes, seed, namespaces] = [values.minutes, values.seed, values.namespaces].map(Number) as [
      number,
      number,
      number,
    ];
    if (!(minutes > 0 && minutes <= 600)) return { kind: "wrong", why: "--minutes must be above 0 and at most 600" };
    if (!Number.isInteger(seed)) return { kind: "wrong", why: "--seed must be a whole number" };
    if (!(Number.isInteger(namespaces) && namespaces >= 1 && namespaces <= 20)) {
      return { kind: "wrong", why: "--namespaces must be a whole number from 1 to 20" };
    }
    return { kind: "run", options: { minutes, seed, namespaces, only, brisk, json } };
  } catch (error) {
    return { kind: "wrong", why: (error as Error).message };
  }
}
