/** The variables that are read; the names are the ones of wrangler.toml and of the secrets. */
export interface Variables {
  ROLLCALL_ADMIN_TOKEN?: string;
  /** "true" lets everybody in; set by the local runtime when it listens on loopback without a token. */
  ROLLCALL_OPEN?: string;
  TOKEN_KEYS?: string;
  ACCESS_TEAM_DOMAIN?: string;
  ACCESS_AUDIENCE?: string;
  ACCESS_USER_PREFIX?: string;
  ACCESS_GROUPS?: string;
  DNS_ZONES?: string;
  DNS_TTL?: string;
  DNS_STALE_SECONDS?: string;
  DNS_PODS?: string;
  DNS_NS_ADDRESSES?: string;
  DNS_CHOICES?: string;
  DNS_ACCESS?: string;
  DNS_UPSTREAM?: string;
  DNS_CORS?: string;
  SERVICE_CIDRS?: string;
  HOME_REGION?: string;
  NAMESPACE_QUOTA?: string;
  CONCURRENT_LISTS?: string;
  CONCURRENT_WRITES?: string;
  WATCHES_PER_IDENTITY?: string;
  AUDIT?: string;
  PROBE_ALLOW?: string;
  PROBE_DENY?: string;
  PROBE_DENY_PORTS?: string;
  /** Where the local runtime listens, for probes to keep away from. */
  ROLLCALL_PORTS?: string;
}
