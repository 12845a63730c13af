/** What `npm start -- --help` says. */
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
