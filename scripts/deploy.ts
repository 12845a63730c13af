/**
 * `npm run deploy`: brings Rollcall to a Cloudflare account. Creates the database if there is none of its name, applies
 * the migrations before the code that needs them, deploys, and says which secrets are missing. May be run again.
 *
 * Not verified on an account: that `d1 list` names every database (accounts with hundreds of them), and that
 * `wrangler deploy` binds the database by its name while wrangler.toml has no id, as wrangler 4.156's source says.
 */
import { spawnSync } from "node:child_process";

/** As in wrangler.toml. */
const database = "rollcall";

interface Secret {
  name: string;
  /** What becomes of Rollcall without it. */
  otherwise: string;
  command: string;
}

const secrets: readonly Secret[] = [
  {
    name: "ROLLCALL_ADMIN_TOKEN",
    otherwise: "nobody is let in but by Cloudflare Access, if that is configured",
    command: "npx wrangler secret put ROLLCALL_ADMIN_TOKEN",
  },
  {
    name: "TOKEN_KEYS",
    otherwise: "service accounts get no tokens, which DNS asks for as well unless DNS_ACCESS is public",
    command: "openssl rand -base64 32 | npx wrangler secret put TOKEN_KEYS",
  },
];

const help = `npm run deploy [-- --dry-run]

Deploys Rollcall with wrangler, which must be logged in (npx wrangler login, or CLOUDFLARE_API_TOKEN):
creates the D1 database "${database}" if it is missing, applies its migrations, deploys the Worker, and says which of its
secrets are not set (${secrets.map(({ name }) => name).join(", ")}), and how to set them.

  --dry-run  print the commands instead of running them`;

const listDatabases = ["d1", "list", "--json"];
const createDatabase = ["d1", "create", database, "--update-config=false"];
const applyMigrations = ["d1", "migrations", "apply", database, "--remote"];
const deploy = ["deploy"];
const listSecrets = ["secret", "list", "--format", "json"];

process.exitCode = main(process.argv.slice(2));

function main(options: string[]): number {
  const [option] = options;
  if (option === "--help" || option === "-h") return print(help);
  if (option === "--dry-run") return print(commands());
  if (option !== undefined) return fail(`unknown option ${option}; \`npm run deploy -- --help\` lists what there is`);

  const databases = read(listDatabases);
  if (databases === undefined) return fail("the databases of the account cannot be listed: is wrangler logged in?");
  const missing = databases.includes(database) ? [] : [createDatabase];
  for (const step of [...missing, applyMigrations, deploy]) {
    if (!run(step)) return fail(`${inWords(step)} has failed; what came before it stands, and deploying again is safe`);
  }
  return tellAboutSecrets(read(listSecrets));
}

/** Of those that are set; undefined if that is not known. */
function tellAboutSecrets(set: readonly string[] | undefined): number {
  const missing = secrets.filter(({ name }) => set?.includes(name) !== true);
  if (missing.length === 0) return print("\nAll secrets are set: Rollcall can be used.");
  const wanted = missing.map(({ name, otherwise, command }) => `Without ${name} ${otherwise}:\n  ${command}`);
  const unknown = set === undefined ? ["The secrets cannot be listed. Unless they are set:"] : [];
  return print(`\n${[...unknown, ...wanted].join("\n")}`);
}

function commands(): string {
  return `${inWords(listDatabases)}
${inWords(createDatabase)}   # only if it is not in that list
${inWords(applyMigrations)}
${inWords(deploy)}
${inWords(listSecrets)}
${secrets.map(({ command }) => `${command}   # for you to run, only if it is not in that list`).join("\n")}`;
}

function inWords(step: readonly string[]): string {
  return ["npx", "wrangler", ...step].join(" ");
}

function run(step: readonly string[]): boolean {
  console.log(`\n$ ${inWords(step)}`);
  return spawnSync("npx", ["wrangler", ...step], { stdio: "inherit" }).status === 0;
}

/** The names that wrangler lists; undefined if it cannot. */
function read(step: readonly string[]): string[] | undefined {
  console.log(`\n$ ${inWords(step)}`);
  const { status, stdout } = spawnSync("npx", ["wrangler", ...step], {
    stdio: ["inherit", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function fail(text: string): number {
  console.error(`rollcall: ${text}`);
  return 1;
}
