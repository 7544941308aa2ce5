import type { SystemGraph, Workload } from "../../components/declaration";
import type { DeclaredSystem } from "../../systems";

/** Something to do with a system that has been installed, and the command that does it. */
export interface Note {
  readonly what: string;
  readonly command: string;
}

/**
 * What to do next with a system: of all that can be done, what applies to it as it is declared. `context`: of the
 * kubeconfig; left out: its current one.
 */
export function notesOf({ declared, secrets }: DeclaredSystem, context?: string): Note[] {
  const { name, namespace, workloads, ingress, monitoring, claims } = declared;
  const kubectl = (what: string, command: string): Note => ({
    what,
    command: `kubectl ${context ? `--context ${context} ` : ""}-n ${namespace} ${command}`,
  });
  const isAutoscaled = workloads.some((each) => "scale" in each && "autoscaling" in each.scale);
  const holdsData = claims.length > 0 || workloads.some(isOnVolume);
  return [
    kubectl("what runs", "get all"),
    kubectl("logs", `logs -l app.kubernetes.io/part-of=${name} --prefix --tail=20 --max-log-requests=50`),
    ...(ingress ? [] : servicesOf(declared).map((each) => kubectl(`reach ${each.name}`, forwarded(each)))),
    ...workloads.flatMap((workload) => ofWorkload(workload, kubectl)),
    ...(isAutoscaled ? [kubectl("what the autoscalers do", "get hpa")] : []),
    ...(holdsData ? [kubectl("volumes", "get pvc")] : []),
    ...(secrets.external ? [kubectl("secrets from the store", "get externalsecrets")] : []),
    ...(monitoring ? [kubectl("what is scraped", "get servicemonitors")] : []),
  ];
}

type Named = (what: string, command: string) => Note;

function ofWorkload(workload: Workload, kubectl: Named): Note[] {
  const { kind, name } = workload;
  switch (kind) {
    case "job":
      return [kubectl(`the job ${name}`, `describe jobs -l app.kubernetes.io/name=${name}`)];
    case "job-template":
      return [kubectl(`how many of ${name} run`, `describe quota ${name}`)];
    case "postgresql":
      return [
        kubectl("the database", `exec -it sts/${name} -- psql -U ${workload.user} ${workload.database}`),
      ];
    case "redis":
      return [
        kubectl(
          "Redis",
          `exec -it ${workload.persistence ? "sts" : "deploy"}/${name} -- redis-cli info memory`,
        ),
      ];
    default:
      return [];
  }
}

function isOnVolume(workload: Workload): boolean {
  return workload.kind === "postgresql" || (workload.kind === "redis" && workload.persistence !== undefined);
}

function servicesOf({ workloads }: SystemGraph) {
  return workloads.filter((each) => each.kind === "service" || each.kind === "dispatcher");
}

function forwarded({ name, ports, servicePorts }: ReturnType<typeof servicesOf>[number]): string {
  const [[port, number]] = Object.entries(ports) as [[string, number]];
  return `port-forward svc/${name} 8080:${servicePorts?.[port] ?? number}`;
}
