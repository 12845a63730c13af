/**
 * Names of the places where an asker is, the nearest first, from what the platform says of a request. Pure. Says nothing
 * of where anybody else is: endpoints are at the places that they name.
 */
import { regions, type Region } from "../domain/node.ts";

/** Of `request.cf`, what is looked at; everything may be missing, as it is in the local runtime. */
export interface Origin {
  /** The data centre that has taken the request, by the code of an airport: AMS. */
  colo?: unknown;
  /** ISO 3166-1, two letters: NL. */
  country?: unknown;
  /** Degrees, as text. */
  latitude?: unknown;
  longitude?: unknown;
}

/** Data centre, country, then the regions in order of distance. */
export function placesOf({ colo, country, latitude, longitude }: Origin): string[] {
  const names = [colo, country].filter((name) => typeof name === "string");
  return [...names, ...regionsNear(degrees(latitude), degrees(longitude))];
}

type Point = readonly [latitude: number, longitude: number];

/** Where most who live in a region are, more or less, in degrees north and east. */
const centres: Record<Region, Point> = {
  wnam: [37, -120],
  enam: [40, -78],
  sam: [-20, -48],
  weur: [49, 3],
  eeur: [51, 22],
  apac: [18, 110],
  oc: [-34, 149],
  afr: [-6, 25],
  me: [27, 49],
};

function regionsNear(latitude: number, longitude: number): Region[] {
  if (Number.isNaN(latitude + longitude)) return [];
  const nearness = (region: Region): number => cosineOfAngle([latitude, longitude], centres[region]);
  return [...regions].sort((one, other) => nearness(other) - nearness(one));
}

/** Of the angle between two points, seen from the middle of the earth: the greater, the nearer. */
function cosineOfAngle([latitude, longitude]: Point, [otherLatitude, otherLongitude]: Point): number {
  const sines = Math.sin(radians(latitude)) * Math.sin(radians(otherLatitude));
  const cosines = Math.cos(radians(latitude)) * Math.cos(radians(otherLatitude));
  return sines + cosines * Math.cos(radians(longitude - otherLongitude));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function degrees(text: unknown): number {
  return typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
}
