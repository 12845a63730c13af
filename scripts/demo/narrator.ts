/**
 * Tells a story on a terminal or into a pipe: what was done, what was asked, what came back. On a terminal a wait is
 * one line that changes; in a pipe it is a line a second. Knows nothing of what the story is about.
 */
import { styleText } from "node:util";

export interface Told {
  did: string;
  /** A command that can be typed. */
  asked: string;
  /** Empty where nothing comes back. */
  cameBack: string;
}

export interface Narrator {
  say(text: string): void;
  chapter(title: string): void;
  /** Something that happened as it should. */
  tell(told: Told): void;
  /** Something that did not. */
  tellDifference(told: Told, expected: string): void;
  /** Shows that the story goes on; what it returns is called with what was seen last. */
  waitFor(what: string): (seen: string, elapsedMs: number) => void;
}

export function narrator(out: NodeJS.WriteStream): Narrator {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    styleText(style, text, { stream: out });
  const line = (text: string): void => void out.write(`${clearLine(out)}${text}\n`);
  const tell = (mark: string, { did, asked, cameBack }: Told): void => {
    line(`  ${mark} ${did}`);
    line(paint("dim", `      $ ${asked}`));
    if (cameBack !== "") line(`      ${paint("cyan", "→")} ${cameBack}`);
  };
  return {
    say: line,
    chapter: (title) => line(`\n${paint("bold", title)}\n`),
    tell: (told) => tell(paint("green", "✓"), told),
    tellDifference: (told, expected) => {
      tell(paint("red", "✗"), told);
      line(`      ${paint("red", "expected")} ${expected}`);
    },
    waitFor: (what) => (out.isTTY ? changingLine(out, what) : lineASecond(line, what)),
  };
}

function clearLine(out: NodeJS.WriteStream): string {
  return out.isTTY ? "\r\u001B[K" : "";
}

function changingLine(out: NodeJS.WriteStream, what: string): (seen: string, elapsedMs: number) => void {
  return (seen, elapsedMs) => {
    const text = `  ${spinner(elapsedMs)} ${what}: ${seconds(elapsedMs)}, ${seen}`;
    out.write(`${clearLine(out)}${text.slice(0, out.columns - 1)}`);
  };
}

function lineASecond(line: (text: string) => void, what: string): (seen: string, elapsedMs: number) => void {
  let nextMs = 1000;
  return (seen, elapsedMs) => {
    if (elapsedMs < nextMs) return;
    nextMs += 1000;
    line(`  … ${what}: ${seconds(elapsedMs)}, ${seen}`);
  };
}

function spinner(elapsedMs: number): string {
  const frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
  return frames[Math.floor(elapsedMs / 100) % frames.length] ?? "…";
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
