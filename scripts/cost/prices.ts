/** What the platform charges, in USD, with the date on which it was read. The one place that knows prices. */
export const prices = {
  readOn: "November 2026",
  /** Each, beyond what the plan includes; the included amounts are left out, so real bills are a little lower. */
  perMillion: {
    workerRequests: 0.3,
    workerCpuMs: 0.02,
    objectRequests: 0.15,
    /** Durable Object duration: GB-seconds at 0.128 GB. */
    objectGbSeconds: 12.5,
    objectRowsWritten: 1,
    d1RowsRead: 0.001,
    d1RowsWritten: 1,
  },
  objectGb: 0.128,
  /** The paid plan, by the month. */
  plan: 5,
} as const;
