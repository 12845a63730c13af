/** Has `Date.now()` say what the order in force says. Imported before everything else, since others may take hold of it. */
import { clockAheadMs } from "./orders.ts";

const trueNow = Date.now;

Date.now = () => trueNow() + clockAheadMs();

/** Alarms are set by the clock of the machine, which jumps with the object's. */
export function withJumpingAlarms(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const setAlarm = storage.setAlarm.bind(storage);
  const getAlarm = storage.getAlarm.bind(storage);
  storage.setAlarm = (at, options) => setAlarm(Number(at) - clockAheadMs(), options);
  storage.getAlarm = async (options) => {
    const atMs = await getAlarm(options);
    return atMs === null ? null : atMs + clockAheadMs();
  };
  return ctx;
}
