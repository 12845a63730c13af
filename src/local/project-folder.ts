/** Where wrangler.toml, migrations/ and src/ are, whatever folder the process was started in. */
import { resolve } from "node:path";

export const projectFolder = resolve(import.meta.dirname, "../..");
