import { execa } from "execa";
import { expect } from "vitest";

/**
 * The kubectl commands that the systems' documents print, as they print them. Left out are those that put a system
 * there from files (`kubectl apply -f`), which `pulumi up` does, and those for the cluster as a whole.
 */
export const documentedCommands = {
  agentsmith: ["kubectl get pods -n agentsmith"],
  "vomeet-bot": [
    "kubectl get jobs -n vomeet-bot -l app.kubernetes.io/name=vomeet-bot",
    "kubectl get pods -n vomeet-bot -l app.kubernetes.io/component=bot-instance",
    "kubectl logs -n vomeet-bot <pod-name>",
    "kubectl describe pod <pod-name>",
    "kubectl describe job -n vomeet-bot vomeet-bot-<meeting-id>-<uuid>",
    "kubectl delete jobs -n vomeet-bot -l app.kubernetes.io/name=vomeet-bot",
  ],
  wbot: [
    "kubectl scale deployment wbot-ai --replicas=10 -n wbot",
    "kubectl autoscale deployment wbot-ai --cpu-percent=70 --min=2 --max=10 -n wbot",
    "kubectl logs -n wbot -l app.kubernetes.io/name=wbot-ai --tail=100 -f",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the document's
    "kubectl set image deployment/wbot-ai wbot-ai=$REGISTRY/wbot-ai:${{ github.sha }} -n wbot",
  ],
  "rtc-egress": [
    "kubectl get hpa -A",
    "kubectl get pods -n rtc-egress",
    "kubectl get hpa -n rtc-egress",
    "kubectl get svc -n rtc-egress",
    `kubectl create secret generic agora-secrets --from-literal=app-id="your_actual_app_id" -n rtc-egress --dry-run=client -o yaml | kubectl apply -f -`,
    `kubectl create secret generic webhook-secrets --from-literal=url="https://your-actual-webhook.com" --from-literal=auth-token="your_actual_token" -n rtc-egress --dry-run=client -o yaml | kubectl apply -f -`,
    "kubectl port-forward -n rtc-egress svc/egress 8182:8182",
    "kubectl port-forward -n rtc-egress svc/web-dispatch 8182:8182",
    "kubectl port-forward -n rtc-egress svc/webhook-notifier 8185:8185",
    "kubectl describe hpa egress-hpa -n rtc-egress",
    "kubectl describe hpa webhook-notifier-hpa -n rtc-egress",
    "watch kubectl get hpa,pods -n rtc-egress",
    "kubectl top pods -n rtc-egress",
    `kubectl logs -n rtc-egress -l app=egress | grep "assigned task"`,
    `kubectl logs -n rtc-egress -l app=web-dispatch | grep "Processing"`,
    `kubectl logs -n rtc-egress -l app=webhook-notifier | grep "notification"`,
    `kubectl exec -n rtc-egress redis-xxx -- redis-cli KEYS "egress:web:*"`,
    "kubectl exec -n rtc-egress redis-xxx -- redis-cli CONFIG GET notify-keyspace-events",
    "kubectl exec -n rtc-egress redis-xxx -- redis-cli CONFIG SET notify-keyspace-events Kg$",
    "kubectl scale deployment egress --replicas=5 -n rtc-egress",
    "kubectl set env deployment/egress -n rtc-egress POD_WORKERS=8",
    "kubectl top pods -n rtc-egress --sort-by=cpu",
  ],
  thebot: [
    "kubectl get all -n thebot",
    "kubectl get pods -n thebot -w",
    "kubectl logs -n thebot deployment/thebot-backend -f",
  ],
} as const;

interface Where {
  /** The environment in which kubectl reaches the cluster. */
  readonly environment: NodeJS.ProcessEnv;
  /** What stands for the document's placeholders, such as `<pod-name>`. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Runs a command, and expects that it finds something. What would change anything is a dry run; nothing runs in the
 * pods of the test cluster, so what asks a pod looks whether that pod, or the port of that Service, is there.
 */
export async function findsSomething(printed: string, { environment, names = {} }: Where): Promise<void> {
  const named = Object.entries(names).reduce(
    (text, [placeholder, name]) => text.replace(placeholder, name),
    printed,
  );
  const command = without(named.replace(/^kubectl (-n \S+) (.*)$/, "kubectl $2 $1"));
  const { stdout } = await execa("bash", ["-o", "pipefail", "-c", command], { env: environment });
  expect(stdout, command).not.toBe("");
}

function without(printed: string): string {
  const command = printed
    .replace(/^watch /, "")
    .replace(/ \| grep .*$/, "")
    .replace(/ -[fw]$/, "")
    .replace("$REGISTRY", "registry.example.com")
    .replace(/\$\{\{ .* \}\}/, "4f2a1c9");
  const [, verb] = command.split(" ");
  // Where a range is declared, what it would make is there under that name.
  if (verb === "autoscale") return command.replace(/autoscale deployment (\S+) .*( -n \S+)$/, "get hpa $1$2");
  if (["scale", "set", "delete"].includes(verb!)) return `${command} --dry-run=server`;
  if (verb === "create") return command.replace("kubectl apply", "kubectl apply --dry-run=server");
  const [, service, port, namespace = ""] =
    command.match(/^kubectl port-forward (.*) \d+:(\d+)( -n \S+)?$/) ?? [];
  if (service)
    return `kubectl get ${service} -o jsonpath='{.spec.ports[?(@.port==${port})].name}'${namespace}`;
  if (verb === "exec" && command.includes(" -it "))
    return command.replace(/exec -it (\S+) -- .*( -n \S+)$/, "get $1 -o name$2");
  // Of a Deployment, `redis-xxx` is whatever its pod is called.
  if (verb === "exec")
    return command.replace(/exec (.*) redis-xxx --.*/, "get $1 pods -l app.kubernetes.io/name=redis -o name");
  if (verb === "top") return command.replace("top pods", "get pods -o name").replace(/ --sort-by=.*/, "");
  if (verb !== "logs") return command;
  const target = / -l | deployment\//.test(command) ? command : command.replace("logs", "logs pod");
  const pods = target.includes(" -l ") ? target.replace("logs", "get pods") : target.replace("logs", "get");
  return `${pods.replace(/ --(?:tail|max-log-requests)=\d+| --prefix/g, "")} -o name`;
}
