/**
 * Keeps the certificate in the data folder, in one file with its key, so that the two cannot part; the authority's lies
 * beside it for clients to trust. A file that cannot be read is one that is made anew.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readOptional, writeWhole } from "../kept-file.ts";
import { makeCertificate, stillServes, type Certificate } from "./certificate.ts";

/** Where clients find the authority. */
export function authorityFile(dataFolder: string): string {
  return join(dataFolder, "tls/ca.crt");
}

/** The one that is kept if it still serves, else a new one. */
export async function keptCertificate(
  dataFolder: string,
  names: readonly string[],
  nowMs: number,
): Promise<Certificate> {
  mkdirSync(join(dataFolder, "tls"), { recursive: true });
  const file = join(dataFolder, "tls/server.pem");
  const kept = parse(readOptional(file) ?? "");
  const certificate = kept && stillServes(kept, names, nowMs) ? kept : await makeCertificate(names, nowMs);
  if (certificate !== kept) {
    writeWhole(file, [certificate.server, certificate.key, certificate.authority].join("\n"), "owner");
  }
  writeWhole(authorityFile(dataFolder), `${certificate.authority}\n`);
  return certificate;
}

/** Undefined for anything that is not a certificate, its key and its authority. */
function parse(text: string): Certificate | undefined {
  const [server, key, authority] = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  if (server === undefined || key === undefined || authority === undefined) return undefined;
  try {
    const read = new X509Certificate(server);
    const belongsTogether =
      read.checkPrivateKey(createPrivateKey(key)) && read.verify(new X509Certificate(authority).publicKey);
    return belongsTogether ? { server, key, authority } : undefined;
  } catch {
    return undefined;
  }
}
