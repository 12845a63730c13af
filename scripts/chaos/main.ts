/** `npm run chaos`: plays, tells how it goes, and says at the end whether what is promised was kept. */
import { machine, printTable } from "../../bench/report.ts";
import { interruption } from "../lab/interruption.ts";
import { arrivalsOf, faultFigures, type Times } from "./figures.ts";
import { help, parseOptions, type Options } from "./options.ts";
import { play, type Played } from "./play.ts";
import type { Run } from "./run.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2), Math.floor(Math.random() * 1e6));
  if (parsed.kind === "help") {
    console.log(help);
    return 0;
  }
  if (parsed.kind === "wrong") {
    console.error(`chaos: ${parsed.why}; see --help`);
    return 2;
  }
  const { options } = parsed;
  console.error(`chaos: ${options.minutes} min, --seed ${options.seed}, ${machine()}`);
  const interrupted = interruption();
  const played = await play(options, interrupted, tellProgress);
  const figures = figuresOf(played, options);
  if (options.json) console.log(JSON.stringify(figures, null, 2));
  else tell(figures);
  tellViolations(played.run);
  if (interrupted.aborted) return 130;
  return played.run.violations.length === 0 ? 0 : 1;
}

function tellProgress({ startMs, counts, faults, violations }: Run): void {
  const seconds = Math.round((Date.now() - startMs) / 1000);
  console.error(
    `${String(seconds).padStart(4)} s: ${counts.acknowledged} writes acknowledged, ${counts.unknown} unknown, ` +
      `${counts.answers} DNS answers, ${counts.watchEvents} watch events, ${faults.all.length} faults, ` +
      `${violations.length} violations${faults.current === undefined ? "" : `; now: ${faults.current}`}`,
  );
}

function figuresOf({ run, injected, convergedMs, playedMs }: Played, { seed, namespaces }: Options) {
  const { counts, faults, violations, arrivals } = run;
  const count = (kind: string): number => violations.filter((violation) => violation.kind === kind).length;
  return {
    machine: machine(),
    seed,
    namespaces,
    seconds: Math.round(playedMs / 1000),
    ...counts,
    acknowledgedWritesLost: count("lost write"),
    wrongDnsAnswers: count("wrong DNS answer"),
    otherViolations: violations.length - count("lost write") - count("wrong DNS answer"),
    databaseCallsFailed: injected.databaseCalls,
    pokesLost: injected.pokes,
    convergedMs,
    faults: faultFigures(faults),
    arrivals: {
      write: arrivalsOf(arrivals.seen, "write", faults),
      registration: arrivalsOf(arrivals.seen, "registration", faults),
      recovery: arrivalsOf(arrivals.seen, "recovery", faults),
      failure: arrivalsOf(arrivals.seen, "failure", faults),
    },
  };
}

type Figures = ReturnType<typeof figuresOf>;

function tell(figures: Figures): void {
  const { faults, arrivals, ...counted } = figures;
  const lines = Object.entries(counted).map(([name, value]) => ({ what: inWords(name), value: String(value) }));
  printTable("What happened", lines);
  printTable(
    "Faults",
    faults.map(({ name, times, seconds }) => ({ fault: name, times, seconds })),
  );
  const causes = Object.entries(arrivals);
  printTable("From a change to the DNS answer", [
    ...causes.map(([cause, { calm }]) => row(cause, "no fault", calm)),
    ...causes.map(([cause, { inFaults }]) => row(cause, "with faults", inFaults)),
    ...causes.map(([cause, { afterFaults }]) => row(cause, "of these, from their end", afterFaults)),
  ]);
  printTable("Later than failureThreshold x period + timeout, without faults", [
    row("failure", "no fault", arrivals.failure.lateness),
  ]);
}

function row(cause: string, when: string, { samples, p50Ms, p99Ms, mostMs }: Times) {
  return { cause, when, samples, "p50 (ms)": p50Ms, p99: p99Ms, most: mostMs };
}

function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function tellViolations({ violations }: Run): void {
  for (const { kind, atSeconds, what, history, times } of violations) {
    console.error(`\n${kind} at ${atSeconds} s${times > 1 ? `, and ${times - 1} times more` : ""}: ${what}`);
    for (const line of history) console.error(`    ${line}`);
  }
  if (violations.length > 0) console.error(`\n${violations.length} violations`);
}
