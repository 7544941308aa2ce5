import type { Resources } from "../../components/container";
import type { Pods, Size } from "./size";

/** The size as a table in Markdown: a line for each workload, then the sum for the least and the most pods, and during a roll-out. */
export function table({ workloads, pods, least, most, rolled }: Size): string {
  const sums =
    pods.least === pods.most
      ? [row("total", pods, least)]
      : [
          row("least", { least: pods.least, most: pods.least }, least),
          row("most", { least: pods.most, most: pods.most }, most),
        ];
  return aligned([
    ["workload", "pods", "CPU (request / limit)", "memory (request / limit)"],
    ...workloads.map(({ name, pods, each }) => row(name, pods, each)),
    ...sums,
    ...(rolled ? [row("rolled", { least: rolled.pods, most: rolled.pods }, rolled.resources)] : []),
  ]);
}

function row(name: string, { least, most }: Pods, { requests, limits }: Resources): string[] {
  return [
    name,
    least === most ? `${least}` : `${least}–${most}`,
    `${requests.cpu} / ${limits.cpu}`,
    `${requests.memory} / ${limits.memory}`,
  ];
}

function aligned([head, ...rows]: string[][]): string {
  const widths = head!.map((_, column) => Math.max(...[head!, ...rows].map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head!), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
