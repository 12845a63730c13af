/**
 * What is derived of an object, derived once and for as long as the object lives. Pods, services and what is derived of
 * them never change but are replaced: so a change of one pod costs the work of one pod, and all else comes out as the
 * very same objects, which are compared by a glance.
 */
export function oncePer<Of extends object, Result>(derive: (of: Of) => Result): (of: Of) => Result {
  const known = new WeakMap<Of, Result>();
  return (of) => {
    let result = known.get(of);
    if (result === undefined) {
      result = derive(of);
      known.set(of, result);
    }
    return result;
  };
}

/** Derives from a text, and keeps what came of the one that it was last asked for. */
export function keptFor<Result>(derive: (text: string) => Result): (text: string) => Result {
  let kept: { text: string; result: Result } | undefined;
  return (text) => {
    if (kept === undefined || kept.text !== text) kept = { text, result: derive(text) };
    return kept.result;
  };
}

/** Whether two lists hold the same things in the same order: the very same, or those of which `state` is. */
export function sameItems<Of>(a: readonly Of[], b: readonly Of[], state: (of: Of) => string): boolean {
  return (
    a.length === b.length &&
    a.every((each, index) => {
      const other = b[index];
      return each === other || (other !== undefined && state(each) === state(other));
    })
  );
}
