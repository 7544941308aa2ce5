import type { KubernetesObject } from "../api-server";

export interface AutoscalerStatus {
  readonly now: number;
  /** How many it wants; undefined until it has counted. */
  readonly wanted?: number;
  readonly least: number;
  readonly most: number;
  /** What it goes by, the one that asks for most pods first: `cpu 90 % of 70 %`. */
  readonly drivenBy: readonly string[];
  /** What it says that it lacks to scale; undefined where that is nothing. */
  readonly lacks?: string;
}

export function autoscalerStatus({ spec, status }: KubernetesObject): AutoscalerStatus {
  const measured: readonly Metric[] = status?.currentMetrics ?? [];
  const drivenBy = (spec.metrics as readonly Metric[])
    .map((metric) =>
      load(
        metric,
        measured.find((each) => each.type && nameOf(each) === nameOf(metric)),
      ),
    )
    .sort((one, other) => other.ratio - one.ratio)
    .map(({ text }) => text);
  const inactive = (status?.conditions ?? []).find(
    ({ type, status }: { type: string; status: string }) =>
      ["AbleToScale", "ScalingActive"].includes(type) && status === "False",
  );
  return {
    now: status?.currentReplicas ?? 0,
    wanted: status?.desiredReplicas,
    least: spec.minReplicas ?? 1,
    most: spec.maxReplicas,
    drivenBy,
    lacks: inactive?.message,
  };
}

/** What all kinds of metric have in common: something with a name, its target and its present value. */
interface Metric {
  readonly type: string;
  readonly [source: string]: unknown;
}

interface Source {
  readonly name?: string;
  readonly container?: string;
  readonly metric?: { readonly name: string };
  readonly target?: Value;
  readonly current?: Value;
}

interface Value {
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}

function source({ type, ...sources }: Metric): Source {
  return (sources[type.charAt(0).toLowerCase() + type.slice(1)] ?? {}) as Source;
}

function nameOf(metric: Metric): string {
  const { name, container, metric: named } = source(metric);
  return [container, name ?? named?.name].filter(Boolean).join("/");
}

function load(metric: Metric, measured: Metric | undefined): { text: string; ratio: number } {
  const target = source(metric).target ?? {};
  const current = (measured && source(measured).current) ?? {};
  const inPercent = target.averageUtilization !== undefined;
  const [is, wanted] = [current, target].map(({ averageUtilization, averageValue, value }) =>
    inPercent ? averageUtilization : (averageValue ?? value),
  );
  const unit = inPercent ? " %" : "";
  return {
    text: `${nameOf(metric)} ${is === undefined ? "unknown" : `${is}${unit}`} of ${wanted}${unit}`,
    ratio: is === undefined ? -1 : amount(is) / amount(wanted!),
  };
}

/** A quantity as far as one is compared with another of its kind. */
function amount(quantity: number | string): number {
  const [, number, unit] = /^([\d.]+)(.*)$/.exec(String(quantity)) ?? [];
  return (
    Number(number) * (unit === "m" ? 0.001 : ({ k: 1e3, Ki: 1024, M: 1e6, Mi: 1024 ** 2 }[unit ?? ""] ?? 1))
  );
}
