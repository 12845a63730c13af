/** What the local runtime tells whoever started it: where everything is, and a command for each that can be pasted. */
import { authorityFile } from "./https/kept-certificate.ts";
import { kubeconfigFile } from "./https/serve-https.ts";
import type { Settings } from "./settings.ts";

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
