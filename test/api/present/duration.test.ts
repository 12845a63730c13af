import { expect, it } from "vitest";
import { humanDuration } from "../../../src/api/present/duration.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

it.each([
  [-5 * second, "<invalid>"],
  [-1 * second, "0s"],
  [0, "0s"],
  [59 * second, "59s"],
  [119 * second, "119s"],
  [2 * minute, "2m"],
  [5 * minute + 3 * second, "5m3s"],
  [15 * minute + 59 * second, "15m"],
  [179 * minute, "179m"],
  [3 * hour, "3h"],
  [3 * hour + 7 * minute, "3h7m"],
  [26 * hour + 59 * minute, "26h"],
  [2 * day, "2d"],
  [3 * day + 4 * hour, "3d4h"],
  [12 * day + 5 * hour, "12d"],
  [729 * day, "729d"],
  [730 * day, "2y"],
  [800 * day, "2y70d"],
  [3000 * day, "8y"],
])("%d ms are %s", (spanMs, text) => {
  expect(humanDuration(spanMs)).toBe(text);
});
