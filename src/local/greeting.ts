/** What the local runtime tells whoever started it: where everything is, and a command for each that can be pasted. */
import { authorityFile } from "./https/kept-certificate.ts";
import { kubeconfigFile } from "./https/serve-https.ts";
import type { Settings } from "./settings.ts";

export const help = `Rollcall on this machine: npm start

Serves the Kubernetes API and DNS over HTTPS, probes the pods that are registered, and keeps its data on disk.

Environment:
  HOST                 address to listen on (127.0.0.1); another than loopback needs a token
  PORT                 port to listen on (8787); 0 for any free one
  DNS_PORT             port for plain DNS, over UDP and TCP, on 127.0.0.1 alone (5354); 0 for none
  HTTPS                1: serve TLS with a certificate of its own making, and write a kubeconfig that trusts it
  HTTPS_NAMES          further host names and addresses that the certificate is for, comma-separated
  ROLLCALL_DATA        folder for the data (.rollcall)
  ROLLCALL_ADMIN_TOKEN what clients must send as Authorization: Bearer; without one, everybody on this machine may call,
                       and with HTTPS=1 nobody: then one is made, and kept in the data folder
  ROLLCALL_CRON        off: do not sweep every minute; SIGUSR2 sweeps once
  ROLLCALL_WORKER      module to serve instead of src/worker.ts, for experiments around it
  TOKEN_KEYS           what tokens of service accounts are signed with; without it, a key that is made and kept there
  DNS_ZONES, DNS_TTL, DNS_PODS, DNS_NS_ADDRESSES, SERVICE_CIDRS, PROBE_ALLOW,
  PROBE_DENY, PROBE_DENY_PORTS
                       instead of the values in wrangler.toml; probes may always reach loopback and private ranges

Ctrl-C ends it.`;

export function greeting(url: URL, settings: Settings): string {
  const { open, dataFolder, cron, dnsPort, variables } = settings;
  const access = open ? "open: everybody on this machine may call" : "for those who send the token";
  const zone = variables["DNS_ZONES"]?.split(",", 1)[0]?.trim() ?? "cluster.local";
  const { listPods, curl } = commands(url, settings);
  const plainDns = dnsPort === undefined ? "" : `\n        dig @127.0.0.1 -p ${dnsPort} dns-version.${zone} TXT`;
  return `Rollcall is ready, ${access}.

  API   ${url.origin}/api
        ${listPods}
  DNS   ${url.origin}/dns-query  (RFC 8484; here in the JSON form)
        ${curl} '${url.origin}/dns-query?name=dns-version.${zone}&type=TXT'${plainDns}

  Data  ${dataFolder}
  Cron  ${cron ? "every minute" : "off; SIGUSR2 sweeps once"}

Ctrl-C ends it.`;
}

function commands(url: URL, { open, https, dataFolder }: Settings): { listPods: string; curl: string } {
  if (https !== undefined) {
    return {
      listPods: `kubectl --kubeconfig ${quoted(kubeconfigFile(dataFolder))} get pods`,
      curl: `curl --cacert ${quoted(authorityFile(dataFolder))}`,
    };
  }
  const header = open ? "" : '-H "Authorization: Bearer $ROLLCALL_ADMIN_TOKEN" ';
  return { listPods: `curl ${header}'${url.origin}/api/v1/namespaces'`, curl: "curl" };
}

function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file}'`;
}
