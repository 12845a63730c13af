/**
 * Spans of time as `kubectl get` shows them: `59s`, `5m3s`, `15m`, `3h7m`, `26h`, `3d4h`, `12d`.
 * Source: k8s.io/apimachinery, pkg/util/duration/duration.go.
 */
export function humanDuration(spanMs: number): string {
  const seconds = Math.trunc(spanMs / 1000);
  // Clocks may differ by a second.
  if (seconds < -1) return "<invalid>";
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return twoUnits(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return twoUnits(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 ? twoUnits(years, "y", days % 365, "d") : `${years}y`;
}

function twoUnits(whole: number, unit: string, rest: number, smallerUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${smallerUnit}`;
}
