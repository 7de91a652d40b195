const UNITS = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
] as const;

/** The two largest units, rounded down: `1 day 3 hours`, `40 minutes`, `less than a minute`. */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let left = Math.max(0, Math.floor(seconds));
  for (const [size, name] of UNITS) {
    const units = Math.floor(left / size);
    left -= units * size;
    if (units > 0) parts.push(`${units.toLocaleString("en-US")} ${name}${units === 1 ? "" : "s"}`);
    // A smaller unit is of no interest next to one that is not its neighbour.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "less than a minute" : parts.join(" ");
}
