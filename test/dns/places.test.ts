import { expect, it } from "vitest";
import { placesOf } from "../../src/dns/places.ts";

it.each([
  ["Amsterdam", "52.37", "4.90", ["weur", "eeur"]],
  ["Warsaw", "52.23", "21.01", ["eeur", "weur"]],
  ["Seattle", "47.61", "-122.33", ["wnam", "enam"]],
  ["Toronto", "43.65", "-79.38", ["enam", "wnam"]],
  ["São Paulo", "-23.55", "-46.63", ["sam"]],
  ["Singapore", "1.35", "103.82", ["apac"]],
  ["Tokyo", "35.68", "139.69", ["apac"]],
  ["Auckland", "-36.85", "174.76", ["oc", "apac"]],
  ["Nairobi", "-1.29", "36.82", ["afr", "me"]],
  ["Lagos", "6.52", "3.38", ["afr"]],
  ["Riyadh", "24.71", "46.68", ["me"]],
  ["Honolulu, across the date line", "21.31", "-157.86", ["wnam"]],
])("somebody in %s is near %s %s: %j", (_, latitude, longitude, nearest) => {
  const places = placesOf({ colo: "XXX", country: "ZZ", latitude, longitude });
  expect(places.slice(0, 2)).toEqual(["XXX", "ZZ"]);
  expect(places.slice(2, 2 + nearest.length)).toEqual(nearest);
  expect(places).toHaveLength(2 + 9);
});

it.each([
  [{}, []],
  [{ colo: "AMS" }, ["AMS"]],
  [{ country: "NL", latitude: "", longitude: "4.9" }, ["NL"]],
  [{ latitude: "north", longitude: "4.9" }, []],
])("what the platform does not know is left out: %j", (cf, places) => {
  expect(placesOf(cf)).toEqual(places);
});
