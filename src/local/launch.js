/**
 * Starts a TypeScript file of this project, and says so in one line where Node is too old to read it. Plain JavaScript
 * that every Node understands, since all other files are TypeScript, run as it stands.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const oldestMajor = 24;
const [script, ...options] = process.argv.slice(2);

if (Number.parseInt(process.versions.node, 10) < oldestMajor) {
  console.error(
    `Rollcall needs Node ${oldestMajor}, and this is ${process.versions.node}. ` +
      "`npm ci` brings it along for npm's scripts: run `npm ci`, then `npm start`.",
  );
  process.exitCode = 1;
} else if (script === undefined) {
  console.error("usage: node src/local/launch.js <file.ts> [options]");
  process.exitCode = 2;
} else {
  const file = resolve(script);
  process.argv = [process.execPath, file, ...options];
  await import(pathToFileURL(file).href);
}
