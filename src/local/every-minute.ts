/** Calls at each full minute, as Cloudflare's cron does: whether or not the last call has come to an end. */

const minuteMs = 60_000;
/** Timers may fire a little early; a call meant for one minute must not fall into the one before. */
const marginMs = 20;

/** Returns what stops it. */
export function everyMinute(call: () => void): () => void {
  let timer = setTimeout(tick, untilNextMinuteMs(Date.now()));
  function tick(): void {
    timer = setTimeout(tick, untilNextMinuteMs(Date.now()));
    call();
  }
  return () => clearTimeout(timer);
}

function untilNextMinuteMs(nowMs: number): number {
  return minuteMs - (nowMs % minuteMs) + marginMs;
}
