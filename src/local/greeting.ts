/** What the local runtime tells whoever started it: where everything is, and a command for each that can be pasted. */
import { authorityFile } from "./https/kept-certificate.ts";
import { kubeconfigFile } from "./https/serve-https.ts";
import type { Settings } from "./settings.ts";

export const help = `Rollcall on this machine: npm start [-- --restored]

Serves the Kubernetes API and DNS over HTTPS, probes the pods that are registered, and keeps its data on disk.

  --restored  the data folder is an old copy that has taken the place of a newer one: watches and caches begin anew

Environment:
  HOST                 address to listen on (127.0.0.1); another than loopback needs a token
  PORT                 port to listen on (8787); 0 for any free one
  DNS_PORT             port for plain DNS, over UDP and TCP, on 127.0.0.1 alone (5354); 0 for none
  HTTPS                1: serve TLS with a certificate of its own making, and write a kubeconfig that trusts it
  HTTPS_NAMES          further host names and addresses that the certificate is for, comma-separated
  DNS_ACCESS           public, on loopback, or token: who may ask DNS; with token there is no plain DNS
  DNS_UPSTREAM         URL of a resolver over HTTPS for names outside the zones; needs DNS_ACCESS=token
  ROLLCALL_DATA        folder for the data (.rollcall)
  ROLLCALL_ADMIN_TOKEN what clients must send as Authorization: Bearer; without one, everybody on this machine may call,
                       and with HTTPS=1 nobody: then one is made, and kept in the data folder
  ROLLCALL_CRON        off: do not sweep every minute; SIGUSR2 sweeps once
  ROLLCALL_WORKER      module to serve instead of src/worker.ts, for experiments around it
  TOKEN_KEYS           what tokens of service accounts are signed with; without it, a key that is made and kept there
  DNS_ZONES, DNS_TTL, DNS_PODS, DNS_NS_ADDRESSES, DNS_CHOICES, SERVICE_CIDRS, PROBE_ALLOW,
  PROBE_DENY, PROBE_DENY_PORTS, NAMESPACE_QUOTA, CONCURRENT_LISTS, CONCURRENT_WRITES, WATCHES_PER_IDENTITY, DNS_CORS,
  DNS_STALE_SECONDS, AUDIT
                       instead of the values in wrangler.toml; probes may always reach loopback and private ranges

Ctrl-C ends it.`;

export function greeting(url: URL, settings: Settings): string {
  const { open, dataFolder, cron, dnsPort, variables } = settings;
  const access = open ? "open: everybody on this machine may call" : "for those who send the token";
  const { listPods, curl } = commands(url, settings);
  return `Rollcall is ready, ${access}.

  API   ${url.origin}/api
        ${listPods}
${dnsLines(url, curl, variables, dnsPort)}

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

function dnsLines(url: URL, curl: string, variables: Settings["variables"], dnsPort: number | undefined): string {
  const zone = variables["DNS_ZONES"]?.split(",", 1)[0]?.trim() ?? "cluster.local";
  const isPublic = variables["DNS_ACCESS"] === "public";
  const path = isPublic ? "/dns-query" : "/dns-query/<token>";
  const question = `${path.replace("<token>", "$TOKEN")}?name=dns-version.${zone}&type=TXT`;
  const quote = isPublic ? "'" : '"'; // a shell fills in variables between the latter alone
  return [
    `  DNS   ${url.origin}${path}  (RFC 8484; here in the JSON form)`,
    ...(isPublic ? [] : ["        TOKEN=$(kubectl create token <account> --audience=dns)"]),
    `        ${curl} ${quote}${url.origin}${question}${quote}`,
    ...(dnsPort === undefined ? [] : [`        dig @127.0.0.1 -p ${dnsPort} dns-version.${zone} TXT`]),
  ].join("\n");
}
