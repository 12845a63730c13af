/**
 * Serves the Worker over TLS: the certificate, the front that shows it, and the kubeconfig that trusts it. The three are
 * kept in step when the certificate is renewed.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { isDnsSubdomain } from "../../api/validation/names.ts";
import { isLoopback } from "../../domain/ip.ts";
import { writeWhole } from "../kept-file.ts";
import type { Runtime } from "../runtime.ts";
import type { Settings } from "../settings.ts";
import type { Certificate } from "./certificate.ts";
import { startFront } from "./front.ts";
import { keptCertificate } from "./kept-certificate.ts";
import { kubeconfig } from "./kubeconfig.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function kubeconfigFile(dataFolder: string): string {
  return join(dataFolder, "kubeconfig");
}

/**
 * The same runtime, by the way that clients are to take. Where that cannot be opened the runtime is stopped, and it
 * throws in the system's words.
 */
export async function serveHttps(runtime: Runtime, settings: Settings): Promise<Runtime> {
  try {
    const { url, stop } = await openFront(runtime.workerUrl, settings);
    const stopBoth = async (): Promise<void> => {
      await stop();
      await runtime.stop();
    };
    return { ...runtime, url, stop: stopBoth };
  } catch (error) {
    await runtime.stop();
    throw error;
  }
}

async function openFront(worker: URL, settings: Settings): Promise<{ url: URL; stop: () => Promise<void> }> {
  const { dataFolder, variables } = settings;
  const names = certificateNames(settings, hostname());
  const certificate = await keptCertificate(dataFolder, names, Date.now());
  const front = await startFront(settings, certificate, worker);
  const url = urlOf(ownAddress(settings.host), front.port);
  const writeKubeconfig = ({ authority }: Certificate): void => {
    const text = kubeconfig({ url, authority, token: variables["ROLLCALL_ADMIN_TOKEN"] ?? "" });
    writeWhole(kubeconfigFile(dataFolder), text, "owner");
  };
  writeKubeconfig(certificate);
  const renew = async (): Promise<void> => {
    const renewed = await keptCertificate(dataFolder, names, Date.now());
    front.renew(renewed);
    writeKubeconfig(renewed);
  };
  const renewal = setInterval(() => {
    renew().catch((error: unknown) => console.error("the certificate cannot be renewed:", error));
  }, dayMs);
  const stop = (): Promise<void> => {
    clearInterval(renewal);
    return front.stop();
  };
  return { url, stop };
}

/** Who the server is to its clients; the name that other machines know it by only where they can reach it. */
export function certificateNames({ host, https }: Pick<Settings, "host" | "https">, hostName: string): string[] {
  const nameForOthers = hostName.toLowerCase();
  const isNamed = !isLoopback(host) && isDnsSubdomain(nameForOthers) === undefined;
  const own = ["localhost", "127.0.0.1", "::1", ownAddress(host), ...(isNamed ? [nameForOthers] : [])];
  return [...new Set([...own, ...(https?.names ?? [])])];
}

/** By which this machine reaches what listens on `host`. */
function ownAddress(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

function urlOf(address: string, port: number): URL {
  return new URL(`https://${address.includes(":") ? `[${address}]` : address}:${port}`);
}
