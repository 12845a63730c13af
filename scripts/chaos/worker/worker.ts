/**
 * The Worker with faults that come on order: everything that is promised is left to src/worker.ts, whose code knows
 * nothing of this. Served by the local runtime alone (ROLLCALL_WORKER).
 */
import { withJumpingAlarms } from "./clock.ts";
import worker, {
  ChangeFeed as TrueChangeFeed,
  Prober as TrueProber,
  ProberGroup as TrueProberGroup,
  ServiceEndpoints as TrueServiceEndpoints,
} from "../../../src/worker.ts";
import { faultPath } from "../fault-order.ts";
import { faultyEnv } from "./faulty-env.ts";
import { takeOrder } from "./orders.ts";

export class ServiceEndpoints extends TrueServiceEndpoints {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faultyEnv(env));
  }
}

export class Prober extends TrueProber {
  constructor(ctx: DurableObjectState, env: Env) {
    super(withJumpingAlarms(ctx), faultyEnv(env));
  }
}

export class ChangeFeed extends TrueChangeFeed {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faultyEnv(env));
  }
}

export class ProberGroup extends TrueProberGroup {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, faultyEnv(env));
  }
}

export default {
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === faultPath ? takeOrder(request) : worker.fetch(request, faultyEnv(env), ctx),
  scheduled: (controller, env, ctx) => worker.scheduled(controller, faultyEnv(env), ctx),
} satisfies ExportedHandler<Env>;
