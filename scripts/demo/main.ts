/** `npm run demo`: the main job on real pods, told as it happens. Exits 0 only if every step really happened. */
import { resolve } from "node:path";
import { styleText } from "node:util";
import { isOwnAddress } from "../lab/pod-process.ts";
import { narrator, seconds } from "./narrator.ts";
import { setStage, type Stage } from "./stage.ts";
import { Difference, stagecraft } from "./stagecraft.ts";
import { podAddresses, tellStory } from "./story.ts";

const opening = `${styleText("bold", "Rollcall: real pods, real probes, real DNS")}

A pod is ready while GET /ready answers 200, which these do while the file \`ready\` exists in their folder; three
failures in a row take it out. Probes run every second here (periodSeconds: 1; the default is 10).
Every time shown is measured.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = await missingAddresses();
  if (missing.length > 0) {
    console.error(`this machine lacks ${missing.join(", ")}; add them with: ${commandsToAdd(missing)}`);
    return 1;
  }
  console.log(opening);
  try {
    return await play(await setStage());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function play(stage: Stage): Promise<number> {
  clearOnSignal(stage);
  const startMs = performance.now();
  const teller = narrator(process.stdout);
  teller.say(`To type along in another terminal:\n\n${preparation(stage)}`);
  try {
    await tellStory({ stage, narrator: teller, craft: stagecraft(teller) });
    teller.say(`\nAll of it happened, in ${seconds(performance.now() - startMs)}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    teller.say("\nThat is not what should have happened.");
    return 1;
  } finally {
    await stage.clear();
  }
}

function preparation({ url, folder }: Stage): string {
  return `  R=${url}; POD=${resolve(import.meta.dirname, "../lab/pod.ts")}; cd ${folder}`;
}

function clearOnSignal(stage: Stage): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void stage.clear().finally(() => process.exit(130)));
  }
}

async function missingAddresses(): Promise<string[]> {
  const own = await Promise.all(podAddresses.map(isOwnAddress));
  return podAddresses.filter((_, index) => !own[index]);
}

/** On macOS, loopback is 127.0.0.1 alone until told; Linux has all of 127.0.0.0/8, unless someone took it away. */
function commandsToAdd(addresses: readonly string[]): string {
  const isMac = process.platform === "darwin";
  return addresses
    .map((ip) => (isMac ? `sudo ifconfig lo0 alias ${ip} up` : `sudo ip addr add ${ip}/8 dev lo`))
    .join("; ");
}
