import type { Cost } from "./measure";

type Medians = ReadonlyMap<string, Cost>;

/** At most so many times the other's wall time. */
const targets = [
  { what: "muster: unchanged up", beside: "helm: unchanged upgrade", most: 1.0 },
  { what: "muster: first up", beside: "helm: install", most: 1.5 },
  { what: "muster: image changed", beside: "helm: image changed", most: 1.2 },
] as const;

/** The costs and the targets, as Markdown. */
export function table(medians: Medians, rounds: number): string {
  const costs = [...medians].map(
    ([what, { wall, cpu, peak }]) =>
      `| ${what} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${peak.toFixed(0)} |`,
  );
  const ratios = targets.map(({ what, beside, most }) => {
    const ratio = medians.get(what)!.wall / medians.get(beside)!.wall;
    const verdict = ratio <= most ? "met" : "missed";
    return `| ${what} / ${beside} | ${ratio.toFixed(2)} | ${most.toFixed(1)} | ${verdict} |`;
  });
  return [
    `Rounds: ${rounds}; medians. Of copies, the first up is run once and the rest at most three times.`,
    "Memory is that of the command's largest process.",
    "",
    "| command | wall, s | CPU, s | peak, MiB |",
    "|---|--:|--:|--:|",
    ...costs,
    "",
    "| ratio of wall times | measured | at most | target |",
    "|---|--:|--:|---|",
    ...ratios,
  ].join("\n");
}

/** The wall times as bars. */
export function chart(medians: Medians): string {
  const longest = Math.max(...[...medians.values()].map(({ wall }) => wall));
  const bars = [...medians].map(([what, { wall }], index) => {
    const y = 10 + index * 22;
    const width = (wall / longest) * 400;
    return `<text x="240" y="${y + 12}" text-anchor="end">${what}</text><rect x="250" y="${y}" width="${width.toFixed(1)}" height="16" fill="${what.startsWith("helm") ? "#8b98a9" : what.startsWith("kubectl") ? "#c3cad4" : "#3b6fd4"}"/><text x="${(256 + width).toFixed(1)}" y="${y + 12}">${wall.toFixed(1)} s</text>`;
  });
  const height = 20 + bars.length * 22;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="${height}" font-family="sans-serif" font-size="12"><rect width="720" height="${height}" fill="white"/>\n${bars.join("\n")}\n</svg>\n`;
}
