import { cpus, loadavg } from "node:os";
import type { Cost } from "./measure";

type Medians = ReadonlyMap<string, Cost>;

const empty = "empty program: unchanged up";

/** At most so many times the other's wall time. */
const targets = [
  { what: "muster: unchanged up", beside: empty, most: 1.05 },
  { what: "muster: image changed", beside: empty, most: 1.15 },
  { what: "muster: first up", beside: empty, most: 1.35 },
  {
    what: "muster: five systems, preview",
    beside: "muster: five systems, preview without the comparison",
    most: 1.1,
  },
  { what: "muster: five systems, unchanged up", beside: "helm: five unchanged upgrades", most: 0.75 },
  { what: "muster: five systems, first up", beside: "helm: five installs", most: 1.5 },
] as const;

/** The costs and the targets, as Markdown. */
export function table(medians: Medians, rounds: number): string {
  const costs = [...medians].map(
    ([what, { wall, cpu, peak }]) =>
      `| ${what} | ${wall.toFixed(2)} | ${total(cpu).toFixed(2)} | ${byProgram(cpu)} | ${peak.toFixed(0)} |`,
  );
  const ratios = targets.flatMap(({ what, beside, most }) => {
    const [one, other] = [medians.get(what), medians.get(beside)];
    if (!one || !other) return [];
    const [wall, cpu] = [one.wall / other.wall, total(one.cpu) / total(other.cpu)];
    const verdict = wall <= most ? "met" : "missed";
    return `| ${what} / ${beside} | ${wall.toFixed(2)} | ${cpu.toFixed(2)} | ${most.toFixed(2)} | ${verdict} |`;
  });
  return [
    `Rounds: ${rounds}; medians. Of copies, the first up is run once and the rest at most three times.`,
    `Machine: ${cpus().length} processors, ${process.platform}, Node.js ${process.versions.node}; load at the end ${loadavg()[0]!.toFixed(1)}.`,
    "CPU time is of all processes of a command, the cluster's own left out; memory is what they had together at one time.",
    "",
    "| command | wall, s | CPU, s | of that | peak, MiB |",
    "|---|--:|--:|---|--:|",
    ...costs,
    "",
    "| ratio | wall | CPU | target: wall at most | |",
    "|---|--:|--:|--:|---|",
    ...ratios,
  ].join("\n");
}

function total(cpu: Cost["cpu"]): number {
  return [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
}

function byProgram(cpu: Cost["cpu"]): string {
  return [...cpu]
    .filter(([, seconds]) => seconds >= 0.05)
    .sort(([, one], [, other]) => other - one)
    .map(([program, seconds]) => `${program.replace("pulumi-", "")} ${seconds.toFixed(2)}`)
    .join(", ");
}

/** The wall times as bars; those that are much longer than the rest end in the number alone. */
export function chart(medians: Medians): string {
  const walls = [...medians.values()].map(({ wall }) => wall).sort((a, b) => a - b);
  const longest = Math.max(walls[Math.floor(walls.length * 0.9)] ?? 1, 1);
  const bars = [...medians].map(([what, { wall }], index) => {
    const y = 10 + index * 22;
    const width = Math.min(wall / longest, 1) * 400;
    const fill = what.startsWith("helm") ? "#8b98a9" : /^(kubectl|empty)/.test(what) ? "#c3cad4" : "#3b6fd4";
    return [
      `<text x="240" y="${y + 12}" text-anchor="end">${what}</text>`,
      `<rect x="250" y="${y}" width="${width.toFixed(1)}" height="16" fill="${fill}"/>`,
      `<text x="${(256 + width).toFixed(1)}" y="${y + 12}">${wall > longest ? "… " : ""}${wall.toFixed(1)} s</text>`,
    ].join("");
  });
  const height = 20 + bars.length * 22;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="${height}" font-family="sans-serif" font-size="12">`,
    "<title>Seconds per command</title>",
    `<rect width="720" height="${height}" fill="white"/>`,
    ...bars,
    "</svg>\n",
  ].join("\n");
}
