/** `npx rollcall dns`: from a command line to a bridge that answers, until a signal ends it. */
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { startBridge, type Bridge } from "./bridge.ts";
import { endpointText } from "./endpoint.ts";
import { help, parseOptions, type CommandOptions } from "./options.ts";
import { nameToText } from "../dns/wire/name-text.ts";

const wrongUsage = 2;
const cannotServe = 1;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseOptions(args);
  switch (parsed.kind) {
    case "help":
      return console.log(help);
    case "wrong":
      return refuse(wrongUsage, ...parsed.errors);
    case "options":
      return serve(parsed.options);
  }
}

async function serve(command: CommandOptions): Promise<void> {
  const ca = readCertificates(command.caFiles);
  if (!Array.isArray(ca)) return refuse(wrongUsage, ca.refused);
  const bridge = await startBridge({ ...command, ca }, log);
  if ("refused" in bridge) return refuse(cannotServe, bridge.refused);
  // Before it says that it is ready: who reads that may end it at once.
  const signalled = nextSignal();
  console.log(greeting(command, bridge));
  await signalled;
  await bridge.close();
}

/** Those that Node trusts, which NODE_EXTRA_CA_CERTS adds to, and those in `files`. */
function readCertificates(files: readonly string[]): string[] | { refused: string } {
  try {
    return [...getCACertificates("default"), ...files.map((file) => readFileSync(file, "utf8"))];
  } catch (error) {
    return { refused: `--ca: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function greeting({ upstreams, zones, searchList, outside }: CommandOptions, { endpoints }: Bridge): string {
  const fates = {
    forward: "to the host's resolver",
    refuse: "refused",
    upstream: "to Rollcall",
  };
  const search = searchList.length === 0 ? "" : `; short names through ${searchList.map(nameToText).join(" ")}`;
  return `Rollcall's names over plain DNS, on ${endpoints.map(endpointText).join(", ")} (UDP and TCP)

  Names   ${zones.map(nameToText).join(" ")} from ${upstreams.map(({ origin }) => origin).join(", ")}${search}
  Others  ${fates[outside]}

Ctrl-C ends it.`;
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

function log(line: string): void {
  console.error(`rollcall dns: ${line}`);
}

function refuse(exitCode: number, ...reasons: string[]): void {
  for (const reason of reasons) log(reason);
  process.exitCode = exitCode;
}
