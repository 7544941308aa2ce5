import { isDeepStrictEqual } from "node:util";
import { RunError } from "@pulumi/pulumi/errors";
import { completenessFindings } from "./check/complete";
import type { Finding } from "./check/finding";
import { nameFindings, systemNameFindings } from "./check/names";
import { orderFindings } from "./check/order";
import { portFindings } from "./check/ports";
import { referenceFindings } from "./check/references";
import { type SuppliedNames, suppliedFindings } from "./check/supplied";
import type { SystemDeclaration, SystemGraph, Workload } from "./declaration";
import { claimsOf, filesOf, isPod, secretsOf } from "./pod-sources";
import { smokeJob } from "./smoke";
import { startOrder } from "./start-order";

/** A system, and what its config knows of its name and its secrets. */
export interface CheckedSystem {
  readonly declared: SystemDeclaration;
  /** As in `muster:<name>`. */
  readonly nameInConfig?: string;
  readonly supplied?: SuppliedNames;
}

/** Declarations that cannot be made. Pulumi prints a RunError's message alone, without a stack trace. */
export class DeclarationError extends RunError {
  constructor(readonly findings: readonly (Finding & { readonly system: string })[]) {
    const count = findings.length === 1 ? "1 error" : `${findings.length} errors`;
    const paragraphs = findings.map(({ system, path, message, accepts }) =>
      [
        `systems/${system}  ${path}`,
        `    ${message}`,
        ...(accepts ? [`    Accepted: ${accepts}.`] : []),
      ].join("\n"),
    );
    super(
      `The declaration of systems has ${count}; nothing was created or changed.\n\n${paragraphs.join("\n\n")}\n`,
    );
    this.name = "DeclarationError";
  }
}

/** What follows from a declaration. Throws a DeclarationError with all that is wrong with it. */
export function systemGraph(declared: SystemDeclaration): SystemGraph {
  return systemGraphs([{ declared }])[0]!;
}

/** The same for all systems of a stack: one error names what is wrong with any of them. */
export function systemGraphs(systems: readonly CheckedSystem[]): SystemGraph[] {
  refuse(systems, ({ declared, nameInConfig }) => [
    ...systemNameFindings(declared, nameInConfig),
    ...completenessFindings(declared),
  ]);
  const graphs = systems.map(({ declared }) => derived(declared));
  refuse(systems, ({ supplied }, index) => findingsOf(graphs[index]!, supplied));
  return graphs;
}

function refuse(
  systems: readonly CheckedSystem[],
  findingsOf: (system: CheckedSystem, index: number) => Finding[],
): void {
  const findings = systems.flatMap((system, index) =>
    findingsOf(system, index).map((finding) => ({ system: system.declared.name, ...finding })),
  );
  if (findings.length > 0) throw new DeclarationError(findings);
}

function derived(declared: SystemDeclaration): SystemGraph {
  const all = declared.workloads.flatMap((workload): Workload[] =>
    workload.kind === "dispatcher" ? [workload.spawns, workload] : [workload],
  );
  const { ordered, leftOver } = startOrder(distinct(all));
  const started = [...ordered, ...leftOver];
  const { smoke } = declared;
  const workloads = smoke ? [...started, smokeJob(smoke, started, declared)] : started;
  const pods = workloads.filter(isPod);
  return {
    ...declared,
    workloads,
    secrets: distinct(pods.flatMap(secretsOf)),
    files: distinct(pods.flatMap(filesOf)),
    claims: distinct(pods.flatMap(claimsOf)),
  };
}

function findingsOf(graph: SystemGraph, supplied?: SuppliedNames): Finding[] {
  return [
    ...nameFindings(graph),
    ...referenceFindings(graph),
    ...portFindings(graph),
    ...orderFindings(graph.workloads),
    ...(supplied ? suppliedFindings(graph, supplied) : []),
  ];
}

/** Each once; two of one name that differ are both there, and are found by their name. */
function distinct<T>(all: readonly T[]): T[] {
  return all.filter(
    (one, index) => all.findIndex((other) => one === other || isDeepStrictEqual(one, other)) === index,
  );
}
