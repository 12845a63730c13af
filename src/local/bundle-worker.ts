/** Makes one module of the Worker, with the choices that `wrangler deploy` makes, so that both run the same code. */
import { build } from "esbuild";

export async function bundleWorker(entry: string, define: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    define: { "process.env.NODE_ENV": '"production"', ...define },
    keepNames: true,
    sourcemap: "inline",
    // Places say enough in a stack trace; the text itself would make the module twice as large, and the start slower.
    sourcesContent: false,
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return bundle.text;
}
