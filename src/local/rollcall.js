#!/usr/bin/env node
/** `npx rollcall <command>`: the commands that run on their own, each a TypeScript file that `launch.js` starts. */
import { fileURLToPath } from "node:url";

const commands = { dns: "../bridge/main.ts" };
const [command, ...options] = process.argv.slice(2);
const script = Object.hasOwn(commands, command ?? "") ? commands[command] : undefined;

if (script === undefined) {
  const isHelp = command === "--help" || command === "-h";
  console[isHelp ? "log" : "error"](`usage: npx rollcall dns [options]; \`npx rollcall dns --help\` lists them`);
  process.exitCode = isHelp ? 0 : 2;
} else {
  process.argv = [process.execPath, "launch.js", fileURLToPath(new URL(script, import.meta.url)), ...options];
  await import("./launch.js");
}
