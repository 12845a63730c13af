/** Files of the data folder: read whole or not at all, and secrets in them for their owner alone. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Who may read a file: everybody (as far as the folder lets them), or its owner alone. */
type Readers = "everybody" | "owner";

export function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** A reader sees the old text or the new one, never half of it. */
export function writeWhole(file: string, text: string, readers: Readers = "everybody"): void {
  const next = `${file}.new`;
  rmSync(next, { force: true }); // a mode is given to a new file only
  writeFileSync(next, text, { mode: readers === "owner" ? 0o600 : 0o666 });
  renameSync(next, file);
}

/** What the file holds; where it holds nothing, what `make` makes, from now on. */
export function keptSecret(file: string, make: () => string): string {
  const kept = readOptional(file)?.trim() ?? "";
  if (kept !== "") return kept;
  const secret = make();
  writeWhole(file, `${secret}\n`, "owner");
  return secret;
}
