/** The table of contents of the Worker: what it answers, what wakes it, which objects it keeps. No logic lives here. */
import { answer } from "./front.ts";
import { sweep } from "./sweep/sweep.ts";
import { sweepDeps } from "./wiring/sweep.ts";

export { ProberGroup } from "./sweep/prober-group.ts";
export { ServiceEndpoints } from "./endpoints/service-endpoints.ts";
export { Prober } from "./probes/prober.ts";
export { ChangeFeed } from "./watch/change-feed.ts";

export default {
  fetch: answer,
  scheduled: async (_, env, { exports }) => {
    await sweep(sweepDeps(env, (probers, endMs) => exports.ProberGroup.drive(probers, endMs)));
  },
} satisfies ExportedHandler<Env>;
