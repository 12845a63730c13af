/** `npm start`: what its option asks for. */
import { help } from "./help.ts";
import { refuse } from "./refuse.ts";

await main(process.argv.slice(2));

async function main([option]: string[]): Promise<void> {
  if (option === "--help" || option === "-h") return console.log(help);
  if (option !== undefined && option !== "--restored") {
    return refuse(`unknown option ${option}; \`npm start -- --help\` lists what there is`);
  }
  // Only now: Wrangler and Miniflare take seconds to load.
  const { serveUntilSignalled } = await import("./serve.ts");
  await serveUntilSignalled({ restored: option === "--restored" });
}
